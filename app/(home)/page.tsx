/** The classifiers, own ones first; what needs attention, and the recent predictions. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ShowAll } from '#lib/ui/show-all.tsx'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { NetworkAnswer } from '#lib/contracts/backbones.ts'
import { PageHelp } from '../_components/page-help.tsx'
import { Attention } from '../_components/attention.tsx'
import { FirstSteps } from '../_components/first-steps.tsx'
import { firstStepsOf } from '../_components/first-steps-of.ts'
import { ClassifierCard } from '../_components/classifier-card.tsx'
import { NetworkOffers } from '../_components/network-offers.tsx'
import { PredictionTiles } from '../_components/prediction-tiles.tsx'
import { currentUser, loginAt, queryOf, type PageProps } from '../current-user.ts'
import { Examples } from './_components/examples.tsx'

const RECENT_PREDICTIONS = 8
const RECENT_RUNS = 20

/** lib/ui/narrow-and-print.css hides the others there. */
const EXAMPLES_ON_PHONES = 2

const CREATION = '/classifiers/new'

export default async function Classifiers(props: PageProps) {
  const { setup } = await queryOf(props)
  const { isLoggedIn, may, context } = await currentUser()
  const mayView = isLoggedIn && may('view')
  const { queries, auth, training } = darkroom()
  const [{ classifiers }, needsFirstAdmin, runs, recent] = await Promise.all([
    queries.listClassifiers({}),
    auth.needsFirstAdmin(),
    mayView ? queries.listRuns({ limit: RECENT_RUNS }) : null,
    mayView ? queries.listPredictions({ limit: RECENT_PREDICTIONS }) : null,
  ])
  const mayTrain = isLoggedIn && may('train')
  const withNewImages = mayTrain ? classifiers.filter(({ samples }) => samples.unseen > 0) : []
  const outlooks = await Promise.all(withNewImages.map(({ id }) => training.getAutoRetrain({ id }, context)))
  const suggestions = outlooks.filter(({ state }) => state === 'suggest')
  const own = classifiers.filter((one) => !one.is_shipped)
  const predicted = mayView
    ? await Promise.all(own.map(({ id }) => queries.listPredictions({ classifier: id, limit: 1 })))
    : []
  const steps = firstStepsOf(classifiers, {
    mayEdit: isLoggedIn && may('edit'),
    predictions: predicted.reduce((sum, { total }) => sum + total, 0),
  })
  const examples = classifiers.filter((one) => one.is_shipped)
  const isAfterSetup = setup === 'networks' && mayTrain
  const { networks } = isAfterSetup ? await training.listBackbones({}, context) : { networks: [] }
  return (
    <div className="stack">
      <PageHead
        title="Classifiers"
        lead="Your classifiers, their accuracy on test images, and anything that needs your attention."
      >
        {isLoggedIn && may('edit') && own.length > 0 && (
          <Link href={CREATION} {...buttonProps({ variant: 'primary' })}>
            New classifier
          </Link>
        )}
        <PageHelp topic="classifiers" />
      </PageHead>
      {needsFirstAdmin && <FirstAdmin />}
      {isAfterSetup && <SetupNetworks networks={networks} />}
      {isLoggedIn && (
        <Attention runs={runs?.runs ?? []} classifiers={classifiers} suggestions={suggestions} />
      )}
      {steps && <FirstSteps steps={steps} />}
      {own.length === 0 ? (
        <FirstClassifier mayCreate={may('edit')} isLoggedIn={isLoggedIn} />
      ) : (
        <section className="stack" aria-labelledby="own">
          <h2 id="own">Your classifiers</h2>
          <Cards classifiers={own} mayTrain={may('train')} />
        </section>
      )}
      {examples.length > 0 && (
        <Examples count={examples.length} hasOwn={own.length > 0}>
          <Cards classifiers={examples} mayTrain={may('train')} isShort />
          {examples.length > EXAMPLES_ON_PHONES && <ShowAll count={examples.length} />}
        </Examples>
      )}
      {recent && recent.predictions.length > 0 && (
        <Card title="Recent predictions">
          <PredictionTiles predictions={recent.predictions} />
        </Card>
      )}
    </div>
  )
}

function Cards({
  classifiers,
  mayTrain,
  isShort = false,
}: {
  readonly classifiers: readonly ClassifierAnswer[]
  readonly mayTrain: boolean
  readonly isShort?: boolean
}) {
  return (
    <div className="grid-cards">
      {classifiers.map((one) => (
        <ClassifierCard key={one.id} classifier={one} mayTrain={mayTrain} isShort={isShort} />
      ))}
    </div>
  )
}

/** Right after the first account was created. */
function SetupNetworks({ networks }: { readonly networks: readonly NetworkAnswer[] }) {
  return (
    <Card
      title="Your account is ready"
      actions={
        <>
          <Link href={CREATION} {...buttonProps({ variant: 'primary', size: 'small' })}>
            Create a classifier
          </Link>
          <Link href="/" {...buttonProps({ size: 'small' })}>
            Not now
          </Link>
        </>
      }
    >
      {networks.some(({ state }) => state !== 'installed') ? (
        <>
          <p>
            You can now create a classifier of your own. It starts from a pretrained network; with a more
            accurate one it needs fewer images. You can download one here, or later in Settings.
          </p>
          <NetworkOffers networks={networks} />
        </>
      ) : (
        <p>You can now upload images and train a classifier of your own.</p>
      )}
    </Card>
  )
}

function FirstAdmin() {
  return (
    <Card
      title="No administrator account exists yet"
      variant="attention"
      actions={
        <Link href="/setup" {...buttonProps({ variant: 'primary' })}>
          Create administrator
        </Link>
      }
    >
      <p>
        You can already make predictions. To upload images, train and give feedback, create the administrator
        account with the setup link printed in the terminal (or in <code>docker logs</code>).
      </p>
    </Card>
  )
}

function FirstClassifier({ mayCreate, isLoggedIn }: { mayCreate: boolean; isLoggedIn: boolean }) {
  if (isLoggedIn && !mayCreate) return <EmptyState title="You have no classifier of your own yet" />
  return (
    <EmptyState
      title="Create your first classifier"
      action={
        <Link href={mayCreate ? CREATION : loginAt(CREATION)} {...buttonProps({ variant: 'primary' })}>
          {mayCreate ? 'New classifier' : 'Log in to create one'}
        </Link>
      }
    >
      Upload one folder per class, named after the class, with at least 20 images each. Then train with one
      click.
    </EmptyState>
  )
}
