/** The dashboard: the classifiers, what needs attention, what was asked last. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { Attention } from './_components/attention.tsx'
import { ClassifierCard } from './_components/classifier-card.tsx'
import { PredictionTiles } from './_components/prediction-tiles.tsx'
import { visitor } from './visitor.ts'

const LAST_PREDICTIONS = 8
const RUNS_LOOKED_AT = 20

export default async function Dashboard() {
  const { asked, isKnown, may } = await visitor()
  const mayView = isKnown && may('view')
  const { data, auth } = darkroom()
  const [{ classifiers }, needsFirstAdmin, runs, last] = await Promise.all([
    data.listClassifiers({}, asked),
    auth.needsFirstAdmin(),
    mayView ? data.listRuns({ limit: RUNS_LOOKED_AT }, asked) : null,
    mayView ? data.listPredictions({ limit: LAST_PREDICTIONS }, asked) : null,
  ])
  return (
    <div className="stack">
      <PageHead
        title="Dashboard"
        lead="Your classifiers: who answers now, how well it did on pictures it had never seen, and what waits for you."
      />
      {needsFirstAdmin && <FirstAdmin />}
      {isKnown && <Attention runs={runs?.runs ?? []} classifiers={classifiers} />}
      {classifiers.length === 0 ? (
        <FirstClassifier mayUpload={may('upload')} />
      ) : (
        <section className="stack" aria-labelledby="classifiers">
          <h2 id="classifiers">Classifiers</h2>
          <div className="grid-cards">
            {classifiers.map((one) => (
              <ClassifierCard key={one.id} classifier={one} mayTrain={may('train')} />
            ))}
          </div>
        </section>
      )}
      {last && last.predictions.length > 0 && (
        <Card
          title="Last predictions"
          aside={
            <Link className="link small" href="/history">
              All {last.total.toLocaleString('en-GB')} in the history
            </Link>
          }
        >
          <PredictionTiles predictions={last.predictions} />
        </Card>
      )}
    </div>
  )
}

function FirstAdmin() {
  return (
    <Card
      title="Nobody owns this Darkroom yet"
      variant="attention"
      actions={
        <Link href="/setup" {...looksLikeButton({ variant: 'primary' })}>
          Make the first admin
        </Link>
      }
    >
      <p>
        Predicting works already. To upload pictures, train and correct answers, make the first admin with the
        one-time token that the first start printed.
      </p>
    </Card>
  )
}

function FirstClassifier({ mayUpload }: { mayUpload: boolean }) {
  const action = mayUpload ? (
    <Link href="/upload" {...looksLikeButton({ variant: 'primary' })}>
      Upload the first pictures
    </Link>
  ) : (
    <Link href="/login?next=/upload" {...looksLikeButton({ variant: 'primary' })}>
      Log in to make one
    </Link>
  )
  return (
    <EmptyState title="Make the first classifier" action={action}>
      Put pictures into folders named like what they show, a few dozen of each, and upload them. One click
      then trains a classifier that answers for new pictures.
    </EmptyState>
  )
}
