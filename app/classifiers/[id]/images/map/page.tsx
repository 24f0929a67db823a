/** A map of the images of a classifier: similar ones are near each other, so that groups, stray images and wrong labels
 *  can be seen and opened. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { requireViewer } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { CheckProgress } from '../_components/check-progress.tsx'
import { MapView } from './_components/map-view.tsx'

const MAP_TO_COME = {
  none: 'After it, the map is computed if a version was trained from a pretrained network.',
  pca: 'This is a first map; a better one is computed.',
  umap: 'If they have changed, a new map is computed.',
} as const

export const metadata = { title: 'Map of the images' }

export default async function MapPage(props: ClassifierPageProps) {
  const { id } = await classifierOfPage(props.params)
  const user = await requireViewer(classifierPage(id, 'images/map'))
  const {
    computed_at: computedAt,
    method,
    is_computing: isComputing,
    images,
    classes,
    points,
  } = await darkroom().queries.imageMap({ classifier: id })
  return (
    <div className="stack">
      <PageHead
        title="Map of the images"
        lead="Similar images are near each other. Draw a rectangle to see the images in it."
      >
        <Link href={classifierPage(id, 'images')} {...buttonProps()}>
          All images
        </Link>
        <PageHelp topic="map" />
      </PageHead>
      {isComputing && (
        <CheckProgress classifier={id} mayEdit={user.may('edit')}>
          <p className="small muted">
            The images are being checked. {MAP_TO_COME[computedAt === null ? 'none' : (method ?? 'none')]}
          </p>
        </CheckProgress>
      )}
      {computedAt === null || points.length === 0 ? (
        <EmptyState
          title="No map yet"
          action={
            <Link href={classifierPage(id, 'train')} {...buttonProps({ variant: 'primary' })}>
              Train
            </Link>
          }
        >
          Train a version from a pretrained network first. The check of the images then draws the map.
        </EmptyState>
      ) : (
        <MapView classifier={id} classes={classes} points={points}>
          {points.length < images && (
            <p className="small muted">
              The map shows {points.length.toLocaleString('en-GB')} of {counted(images, 'image')}. It has at
              most 10,000, chosen at random, and none that were added since the last check.
            </p>
          )}
        </MapView>
      )}
    </div>
  )
}
