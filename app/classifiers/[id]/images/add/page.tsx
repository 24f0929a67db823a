/** Upload labelled images to a classifier. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ownPhoneAddress } from '../../../../_components/phone/own-phone-address.ts'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { requireViewer } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { RecentUploads } from './_components/recent-uploads.tsx'
import { UploadForm } from './_components/upload-form.tsx'

export const metadata = { title: 'Add images' }
const RECENT = 10

export default async function AddImages({ params }: ClassifierPageProps) {
  const { id, title, classes } = await classifierOfPage(params)
  const user = await requireViewer(classifierPage(id, 'images/add'))
  const head = (
    <PageHead
      title="Add images"
      lead="Upload images. Duplicates and unreadable files are skipped and listed in a report."
    >
      <PageHelp topic="add" />
    </PageHead>
  )
  if (!user.may('upload')) {
    return (
      <>
        {head}
        <EmptyState
          icon="key"
          title="Only editors can upload"
          action={
            <Link href={classifierPage(id)} {...buttonProps()}>
              Go to {title}
            </Link>
          }
        >
          {user.denialReason('upload', 'upload images')}
        </EmptyState>
      </>
    )
  }
  const { uploads } = await darkroom().queries.listUploads({ classifier: id, limit: RECENT })
  const { maxUploadBytes, maxImageBytes } = darkroom().settings()
  const mayEdit = user.may('edit')
  return (
    <div className="stack">
      {head}
      <UploadForm
        key={id}
        classifier={{ id, title, classes }}
        mayEdit={mayEdit}
        limits={{ uploadBytes: maxUploadBytes, imageBytes: maxImageBytes }}
        phone={{ address: ownPhoneAddress(user.context.origin), mayCreateLink: mayEdit }}
        recent={<RecentUploads uploads={uploads} title={title} mayEdit={mayEdit} />}
      />
    </div>
  )
}
