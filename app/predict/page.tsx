/** Make predictions: upload, drop or paste images, or draw digits. */
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { counted } from '#lib/domain/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ClassifierChoice } from '../_components/classifier-choice.tsx'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { PermissionGate } from '../_components/permission-gate.tsx'
import { selectClassifier } from '../classifiers.ts'
import { queryOf, currentUser, type PageProps } from '../current-user.ts'
import { PredictionDetail } from './_components/prediction-detail.tsx'
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
      {selected?.champion === null && (
        <EmptyState
          icon="train"
          title={`${selected.title} is not trained yet`}
          action={
            user.may('train') ? (
              <Link href={`/retrain?classifier=${selected.id}`} {...buttonProps({ variant: 'primary' })}>
                Train
              </Link>
            ) : undefined
          }
        >
          It has {counted(selected.samples.total, 'image')} but no version yet.
        </EmptyState>
      )}
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
