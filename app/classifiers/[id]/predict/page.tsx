/** Make predictions: upload, drop or paste images, or draw digits. */
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { currentUser, loginAt, queryOf } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { NotTrained } from './_components/not-trained.tsx'
import { PredictForm } from './_components/predict-form.tsx'
import { PredictionDetail } from './_components/prediction-detail.tsx'

export const metadata = { title: 'Predict' }

export default async function Predict(props: ClassifierPageProps) {
  const { result } = await queryOf(props)
  const classifier = await classifierOfPage(props.params)
  const user = await currentUser()
  if (!user.isLoggedIn && !darkroom().settings().publicPredict)
    redirect(loginAt(classifierPage(classifier.id, 'predict')))
  const { id, title, classes, has_digits: hasDigits, champion } = classifier
  return (
    <>
      <PageHead title="Predict" lead={`Upload an image to get a prediction by ${title} with its confidence.`}>
        <PageHelp topic="predict" />
      </PageHead>
      {result !== undefined && <PredictionDetail id={result} user={user} classes={classes} />}
      {champion === null && <NotTrained classifier={classifier} mayTrain={user.may('train')} />}
      {champion && user.isLoggedIn && (
        <PermissionGate user={user} scope="feedback" action="correct predictions" />
      )}
      {champion && (
        <div className="stack">
          <PredictForm
            key={id}
            classifier={{ id, classes, hasDigits }}
            mayGiveFeedback={user.isLoggedIn && user.may('feedback')}
            largestBytes={darkroom().settings().maxImageBytes}
          />
          <p className="small">
            <Link className="link" href={classifierPage(id, 'predict/jobs')}>
              Many images: send a ZIP
            </Link>{' '}
            and download the results as a table.
          </p>
        </div>
      )}
    </>
  )
}
