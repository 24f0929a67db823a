/** Make predictions: upload, drop or paste images, or draw digits. */
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { darkroom } from '#lib/http/context.ts'
import { PageHead } from '#lib/ui/shell.tsx'
import { ClassifierChoice } from '../../../_components/classifier-choice.tsx'
import { NoClassifier } from '../../../_components/no-classifier.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { selectClassifier } from '../../../select-classifier.ts'
import { queryOf, currentUser, type PageProps } from '../../../current-user.ts'
import { PredictionDetail } from './_components/prediction-detail.tsx'
import { NotTrained } from './_components/not-trained.tsx'
import { PredictForm } from './_components/predict-form.tsx'

export const metadata = { title: 'Predict' }

export default async function Predict(props: PageProps) {
  const query = await queryOf(props)
  const user = await currentUser()
  if (!user.isLoggedIn && !darkroom().settings().publicPredict) redirect('/login?next=/predict')
  const { classifiers, selected, missing } = await selectClassifier(query.classifier)
  return (
    <>
      <PageHead
        title="Predict"
        lead={
          selected
            ? `Upload an image to get a prediction by ${selected.title} with its confidence.`
            : undefined
        }
      >
        {selected && classifiers.length > 1 && (
          <ClassifierChoice classifiers={classifiers} selected={selected.id} />
        )}
      </PageHead>
      {query.result !== undefined && <PredictionDetail id={query.result} user={user} />}
      {selected === null && <NoClassifier missing={missing} mayUpload={user.may('upload')} />}
      {selected?.champion === null && <NotTrained classifier={selected} mayTrain={user.may('train')} />}
      {selected?.champion && user.isLoggedIn && (
        <PermissionGate user={user} scope="feedback" action="correct predictions" />
      )}
      {selected?.champion && (
        <div className="stack">
          <PredictForm
            key={selected.id}
            classifier={{ id: selected.id, classes: selected.classes, hasDigits: selected.has_digits }}
            mayGiveFeedback={user.isLoggedIn && user.may('feedback')}
            largestBytes={darkroom().settings().maxImageBytes}
          />
          <p className="small">
            <Link className="link" href={`/predict/jobs?classifier=${selected.id}`}>
              Many images: send a ZIP
            </Link>{' '}
            and download the results as a table.
          </p>
        </div>
      )}
    </>
  )
}
