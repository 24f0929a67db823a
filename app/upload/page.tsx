/** Bring labelled pictures: into a classifier, or for a new one. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { chosenClassifier } from '../classifiers.ts'
import { knownVisitor, queryOf, type PageProps } from '../visitor.ts'
import { RecentUploads } from './_components/recent-uploads.tsx'
import { UploadDesk } from './_components/upload-desk.tsx'

export const metadata = { title: 'Upload' }
const RECENT = 10

export default async function Upload(props: PageProps) {
  const query = await queryOf(props)
  const who = await knownVisitor('/upload')
  const { classifiers, chosen: named, missing } = await chosenClassifier(who, query.classifier)
  const head = (
    <PageHead
      title="Upload"
      lead={
        'Bring pictures with their classes. Each is looked at, kept once, and told apart by its content; ' +
        'what could not be used is said.'
      }
    />
  )
  if (!who.may('upload')) {
    return (
      <>
        {head}
        <EmptyState
          icon="key"
          title="Only editors can upload"
          action={
            <Link href="/" {...looksLikeButton()}>
              To the dashboard
            </Link>
          }
        >
          {who.whyNot('upload', 'upload images')}
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
  const mayCreate = who.may('edit')
  const chosen = query.classifier || !mayCreate ? named : (classifiers.find((one) => !one.is_shipped) ?? null)
  const recent =
    chosen && (await darkroom().data.listUploads({ classifier: chosen.id, limit: RECENT }, who.asked)).uploads
  const { maxUploadBytes, maxImageBytes } = darkroom().settings()
  return (
    <div className="stack">
      {head}
      <UploadDesk
        classifiers={classifiers.map(({ id, title, classes }) => ({ id, title, classes }))}
        chosen={chosen?.id ?? null}
        mayCreate={mayCreate}
        largest={{ uploadBytes: maxUploadBytes, imageBytes: maxImageBytes }}
        recent={recent && <RecentUploads uploads={recent} title={chosen.title} />}
      />
    </div>
  )
}
