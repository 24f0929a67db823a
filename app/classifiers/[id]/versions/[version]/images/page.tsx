/** The images that a version was evaluated on: all, or those behind a number of its report. */
import type { Metadata } from 'next'
import Link from 'next/link'
import { evaluatedImages } from '#lib/contracts/version-result.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { EvaluatedTiles } from '../../../../../_components/evaluated-tiles.tsx'
import { queryOf, requireViewer, resultOf } from '../../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../../classifier-of-page.ts'
import { versionNamed, versionsOf } from '../../versions-of.ts'
import { imagesTitle, outcomeOf, sourceOf } from './images-title.ts'

const PER_PAGE = 60
const METHODS = {
  test: 'They are test images, which were never used for training.',
  cross_validation: 'Each was predicted by a model that was trained without it.',
} as const

type ImagesProps = ClassifierPageProps<'version'>

export async function generateMetadata({ params }: ImagesProps): Promise<Metadata> {
  const { version } = await params
  return { title: `Images of ${version}` }
}

export default async function VersionImages(props: ImagesProps) {
  const { id } = await classifierOfPage(props.params)
  const { version } = await props.params
  const { label, predicted, outcome: named, source: of, cursor } = await queryOf(props)
  const section = `versions/${version}/images`
  const { context } = await requireViewer(classifierPage(id, section))
  const filter = { label, predicted, outcome: outcomeOf(named), source: sourceOf(of) }
  const shown = versionNamed(await versionsOf(id), version)
  const report = (
    <Link href={classifierPage(id, `versions/${version}`)} {...buttonProps({ size: 'small' })}>
      Report of {version}
    </Link>
  )
  const head = <PageHead title={imagesTitle(filter)}>{report}</PageHead>
  if (!shown)
    return (
      <>
        {head}
        <EmptyState icon="alert" title={`There is no version “${version}”`}>
          It may have been deleted, or the address is misspelled.
        </EmptyState>
      </>
    )
  const input = evaluatedImages.input.parse({ id: shown.id, ...filter, cursor, limit: PER_PAGE })
  const list = await resultOf(context, () => darkroom().training.evaluatedImages(input, context))
  if (!list.ok)
    return (
      <>
        {head}
        <ErrorNotice title="These images cannot be shown" failure={list.failure} />
      </>
    )
  const { source, total, deleted, images, next_cursor: next } = list.value
  if (source === null)
    return (
      <>
        {head}
        <EmptyState icon="image" title="The images cannot be listed">
          Predictions for individual images were not stored with this version. They are stored with every
          version trained from now on.
        </EmptyState>
      </>
    )
  return (
    <div className="stack">
      {head}
      <p className="muted">
        {counted(total, 'image')}, the most confident predictions first. {METHODS[source]}
        {deleted > 0 && ` ${counted(deleted, 'image was', 'images were')} deleted since.`}
      </p>
      {images.length > 0 && <EvaluatedTiles classifier={id} images={images} />}
      {next && (
        <p>
          <Link
            href={classifierPage(id, section, { ...filter, cursor: next })}
            {...buttonProps({ size: 'small' })}
          >
            Next {PER_PAGE}
          </Link>
        </p>
      )}
    </div>
  )
}
