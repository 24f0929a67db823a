/** Predictions for many images in the background: send them, follow the progress, download the results. */
import { redirect } from 'next/navigation'
import { darkroom } from '#lib/http/context.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ClassifierChoice } from '../../../../_components/classifier-choice.tsx'
import { NoClassifier } from '../../../../_components/no-classifier.tsx'
import { selectClassifier } from '../../../../select-classifier.ts'
import { currentUser, queryOf, resultOf, type PageProps } from '../../../../current-user.ts'
import { NotTrained } from '../_components/not-trained.tsx'
import { JobForm } from './_components/job-form.tsx'
import { JobList } from './_components/job-list.tsx'

export const metadata = { title: 'Many images' }
const MOST_JOBS = 50

export default async function PredictionJobs(props: PageProps) {
  const query = await queryOf(props)
  const user = await currentUser()
  const { queries, settings } = darkroom()
  if (!user.isLoggedIn && !settings().publicPredict) redirect('/login?next=/predict/jobs')
  const { classifiers, selected, missing } = await selectClassifier(query.classifier)
  const { context } = user
  const { job: id } = query
  const list = await resultOf(context, async () =>
    user.isLoggedIn || id === undefined
      ? (await queries.listPredictionJobs({ limit: MOST_JOBS }, context)).jobs
      : [await queries.getPredictionJob({ id }, context)],
  )
  const { maxImageBytes, maxUploadBytes } = settings()
  return (
    <div className="stack">
      <PageHead
        title="Many images"
        lead="Send a ZIP, a folder or images. They are predicted in the background; download the results as a table."
      >
        {selected && classifiers.length > 1 && (
          <ClassifierChoice classifiers={classifiers} selected={selected.id} />
        )}
      </PageHead>
      {selected === null && <NoClassifier missing={missing} mayUpload={user.may('upload')} />}
      {selected?.champion === null && <NotTrained classifier={selected} mayTrain={user.may('train')} />}
      {selected?.champion && (
        <JobForm
          classifier={{ id: selected.id, title: selected.title }}
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
