/** Upload labelled images to a classifier, or for a new one. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { NetworkOffers } from '../../../../_components/network-offers.tsx'
import { NoClassifier } from '../../../../_components/no-classifier.tsx'
import { selectClassifier } from '../../../../select-classifier.ts'
import { requireViewer, queryOf, type PageProps } from '../../../../current-user.ts'
import { RecentUploads } from './_components/recent-uploads.tsx'
import { UploadForm } from './_components/upload-form.tsx'

export const metadata = { title: 'Upload' }
const RECENT = 10

export default async function Upload(props: PageProps) {
  const query = await queryOf(props)
  const user = await requireViewer('/upload')
  const { classifiers, selected: named, missing } = await selectClassifier(query.classifier)
  const head = (
    <PageHead
      title="Upload"
      lead="Upload labelled images. Duplicates and unreadable files are skipped and listed in a report."
    />
  )
  if (!user.may('upload')) {
    return (
      <>
        {head}
        <EmptyState
          icon="key"
          title="Only editors can upload"
          action={
            <Link href="/" {...buttonProps()}>
              Go to the dashboard
            </Link>
          }
        >
          {user.denialReason('upload', 'upload images')}
        </EmptyState>
      </>
    )
  }
  if (missing)
    return (
      <>
        {head}
        <NoClassifier missing={missing} mayUpload />
      </>
    )
  const mayCreate = user.may('edit')
  const chosen = query.classifier || !mayCreate ? named : (classifiers.find((one) => !one.is_shipped) ?? null)
  const recent =
    chosen && (await darkroom().queries.listUploads({ classifier: chosen.id, limit: RECENT })).uploads
  const { networks } =
    mayCreate && user.may('train')
      ? await darkroom().training.listBackbones({}, user.context)
      : { networks: [] }
  const { maxUploadBytes, maxImageBytes } = darkroom().settings()
  return (
    <div className="stack">
      {head}
      <UploadForm
        classifiers={classifiers.map(({ id, title, classes }) => ({ id, title, classes }))}
        selected={chosen?.id ?? null}
        mayCreate={mayCreate}
        limits={{ uploadBytes: maxUploadBytes, imageBytes: maxImageBytes }}
        networks={<NetworkOffers networks={networks} />}
        recent={recent && <RecentUploads uploads={recent} title={chosen.title} mayEdit={mayCreate} />}
      />
    </div>
  )
}
