/** The images of a classifier, to find some and change them. The filters are in the URL. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import type { Option } from '#lib/ui/field.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { queryOf, requireViewer, resultOf } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { FilterBar } from './_components/filter-bar.tsx'
import { ImagesView } from './_components/images-view.tsx'
import { filterCount, IMAGES_AT_ONCE, imageListOf, imagesAddress } from './filters.ts'

export const metadata = { title: 'Images' }
const RECENT_UPLOADS = 20

export default async function Images(props: ClassifierPageProps) {
  const query = await queryOf(props)
  const { id, title, classes, live_version: liveVersion } = await classifierOfPage(props.params)
  const user = await requireViewer(imagesAddress(id, query))
  const list = imageListOf(query)
  const { listSamples, listFindings } = darkroom().queries
  const [samples, uploads, predicted, found] = await Promise.all([
    resultOf(user.context, () =>
      listSamples({ classifier: id, ...list.filters, sort: list.sort, limit: IMAGES_AT_ONCE }),
    ),
    uploadOptions(id),
    listSamples({ classifier: id, sort: 'least_certain', limit: 1 }),
    listFindings({ classifier: id, limit: 1 }),
  ])
  const count = filterCount(list)
  const problems = found.kinds.reduce((sum, one) => sum + one.count, 0)
  return (
    <div className="stack">
      <PageHead
        title="Images"
        lead={`The images of ${title}. Select some to change their label, exclude or delete them.`}
      >
        <Link href={classifierPage(id, 'images/findings')} {...buttonProps()}>
          {problems > 0 ? counted(problems, 'problem') : 'Problems'}
        </Link>
        <Link href={classifierPage(id, 'images/map')} {...buttonProps()}>
          Map
        </Link>
        <Link href={classifierPage(id, 'images/add')} {...buttonProps({ variant: 'primary' })}>
          Add images
        </Link>
        <PageHelp topic="images" />
      </PageHead>
      <FilterBar
        classifier={id}
        query={query}
        classes={classes}
        uploads={uploads}
        findings={found.kinds.map(({ kind }) => kind)}
        count={count}
        hasPredictions={predicted.total > 0}
      />
      <PermissionGate user={user} scope="edit" action="change images" />
      {!samples.ok && <ErrorNotice title="The images cannot be shown" failure={samples.failure} />}
      {samples.ok && samples.value.total === 0 && <NoImages classifier={id} isFiltered={count > 0} />}
      {samples.ok && samples.value.total > 0 && (
        <ImagesView
          key={imagesAddress(id, query)}
          classifier={id}
          classes={classes}
          list={list}
          initial={{ samples: samples.value.samples, total: samples.value.total }}
          mayEdit={user.may('edit')}
          canPredict={liveVersion !== null}
        />
      )}
    </div>
  )
}

async function uploadOptions(classifier: string): Promise<readonly Option[]> {
  const { uploads } = await darkroom().queries.listUploads({ classifier, limit: RECENT_UPLOADS })
  return uploads
    .filter(({ state }) => state === 'done')
    .map(({ id, created_at: at, count }) => ({
      value: id,
      label: `${at.slice(0, 16).replace('T', ' ')} (${counted(count, 'image')})`,
    }))
}

function NoImages({ classifier, isFiltered }: { readonly classifier: string; readonly isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState
      title="No matching images"
      action={
        <Link href={classifierPage(classifier, 'images')} {...buttonProps()}>
          Clear filters
        </Link>
      }
    />
  ) : (
    <EmptyState
      title="No images yet"
      action={
        <Link href={classifierPage(classifier, 'images/add')} {...buttonProps({ variant: 'primary' })}>
          Add images
        </Link>
      }
    >
      Images that you add appear here, with their labels.
    </EmptyState>
  )
}
