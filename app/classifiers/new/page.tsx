/** A new classifier, step by step: its name, its images, the classes found, the first training run. It can be
 *  left and resumed: the address contains the classifier, and the classifier contains what was done. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ownPhoneAddress } from '../../_components/phone/own-phone-address.ts'
import { PageHelp } from '../../_components/page-help.tsx'
import { queryOf, requireViewer, type PageProps } from '../../current-user.ts'
import { NameStep } from '../creation/_components/name-step.tsx'
import { Steps } from '../creation/_components/steps.tsx'
import { stepsOf } from '../creation/steps-of.ts'
import { UnderstoodStep } from '../creation/_components/understood-step.tsx'
import { ImagesStep } from '../creation/_components/images-step.tsx'
import { TrainStep } from '../creation/_components/train-step.tsx'

export const metadata = { title: 'New classifier' }

export default async function NewClassifier(props: PageProps) {
  const { classifier: id } = await queryOf(props)
  const user = await requireViewer('/classifiers/new')
  const { queries, settings } = darkroom()
  const { classifiers } = await queries.listClassifiers({})
  const classifier = classifiers.find((one) => one.id === id && !one.is_shipped) ?? null
  const reason = user.denialReason('edit', 'create a classifier')
  const head = (
    <PageHead
      title="New classifier"
      lead="Four steps, a few minutes. You can leave at any time and continue later."
    >
      <PageHelp topic="create" />
    </PageHead>
  )
  if (reason !== null)
    return (
      <>
        {head}
        <EmptyState icon="key" title="Only editors can create classifiers">
          {reason}
        </EmptyState>
      </>
    )
  if (classifier === null)
    return (
      <div className="stack">
        {head}
        <Steps steps={stepsOf(null)} />
        {id && (
          <p className="notice" role="note">
            There is no classifier “{id}” of your own. Create a new one here.
          </p>
        )}
        <NameStep taken={classifiers.map((one) => one.id)} />
        <p className="small">
          Do you have a trained network from Keras, TensorFlow.js or Teachable Machine, or a classifier from
          another Darkroom?{' '}
          <Link className="link" href="/classifiers/new/import">
            Import it
          </Link>
        </p>
      </div>
    )
  const classes = await queries.manageClasses({ id: classifier.id })
  const { runs } = await queries.listRuns({ classifier: classifier.id, limit: 1 })
  const { maxUploadBytes, maxImageBytes } = settings()
  const hasImages = classes.classes.some(({ images }) => images > 0)
  return (
    <div className="stack">
      {head}
      <Steps
        steps={stepsOf({ title: classifier.title, classes: classes.classes, hasRun: runs.length > 0 })}
      />
      {runs.length > 0 ? (
        <EmptyState
          icon="check"
          title={`${classifier.title} has been set up`}
          action={
            <Link href={classifierPage(classifier.id)} {...buttonProps({ variant: 'primary' })}>
              Open {classifier.title}
            </Link>
          }
        >
          Its first training run was started. You can add more images and train again on the pages of the
          classifier.
        </EmptyState>
      ) : (
        <>
          <ImagesStep
            classifier={{ id: classifier.id, title: classifier.title, classes: classifier.classes }}
            limits={{ uploadBytes: maxUploadBytes, imageBytes: maxImageBytes }}
            phone={{ address: ownPhoneAddress(user.context.origin), mayCreateLink: user.may('edit') }}
            isFirst={!hasImages}
          />
          {hasImages && <UnderstoodStep list={classes} />}
          {hasImages && user.may('train') && <TrainStep classifier={classifier.id} />}
        </>
      )}
    </div>
  )
}
