/** Predictions for many images in the background: send them, follow the progress, download the results. */
import { redirect } from 'next/navigation'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { currentUser, loginAt, queryOf, resultOf } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { NotTrained } from '../_components/not-trained.tsx'
import { JobForm } from './_components/job-form.tsx'
import { JobList } from './_components/job-list.tsx'

export const metadata = { title: 'Many images' }
const MOST_JOBS = 50

export default async function PredictionJobs(props: ClassifierPageProps) {
  const { job: id } = await queryOf(props)
  const classifier = await classifierOfPage(props.params)
  const user = await currentUser()
  const { context } = user
  const { queries, settings } = darkroom()
  const { maxImageBytes, maxUploadBytes, publicPredict } = settings()
  if (!user.isLoggedIn && !publicPredict) redirect(loginAt(classifierPage(classifier.id, 'predict/jobs')))
  const list = await resultOf(context, async () =>
    user.isLoggedIn || id === undefined
      ? (await queries.listPredictionJobs({ classifier: classifier.id, limit: MOST_JOBS }, context)).jobs
      : [await queries.getPredictionJob({ id }, context)],
  )
  return (
    <div className="stack">
      <PageHead
        title="Many images"
        lead="Send a ZIP, a folder or images. They are predicted in the background; download the results as a table."
      >
        <PageHelp topic="jobs" />
      </PageHead>
      {classifier.champion === null ? (
        <NotTrained classifier={classifier} mayTrain={user.may('train')} />
      ) : (
        <JobForm
          classifier={{ id: classifier.id, title: classifier.title }}
          limits={{ imageBytes: maxImageBytes, uploadBytes: maxUploadBytes }}
        />
      )}
      {!list.ok && <ErrorNotice title="The jobs cannot be shown" failure={list.failure} />}
      {list.ok && list.value.length > 0 && <JobList jobs={list.value} isAdmin={user.may('admin')} />}
      {!user.isLoggedIn && id !== undefined && (
        <p className="small muted">
          You are not logged in. Save the address of this page: it is the only way back to these results, and
          anyone who knows it can read and delete them.
        </p>
      )}
    </div>
  )
}
