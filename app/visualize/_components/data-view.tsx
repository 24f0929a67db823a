/** The pictures that a classifier learns from: how many of each class, and what they look like. */
import Link from 'next/link'
import { Suspense } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { answered, type Query, type Visitor } from '../../visitor.ts'
import { ClassSamples } from './class-samples.tsx'
import { FeaturesView } from './features-view.tsx'

const SOURCES: Readonly<Record<string, string>> = {
  dataset: 'From a data set',
  upload: 'Uploaded',
  feedback: 'From corrections',
}

export async function DataView({
  who,
  classifier,
  query,
}: {
  readonly who: Visitor
  readonly classifier: ClassifierAnswer
  readonly query: Query
}) {
  if (!who.isKnown) {
    return (
      <EmptyState
        icon="key"
        title="Log in to see the pictures"
        action={
          <Link
            href={`/login?next=${encodeURIComponent(`/visualize?classifier=${classifier.id}&view=data`)}`}
            {...looksLikeButton({ variant: 'primary' })}
          >
            Log in
          </Link>
        }
      >
        What a classifier learnt from may be private, so it is shown to people with an account.
      </EmptyState>
    )
  }
  const summary = await answered(who.asked, () =>
    darkroom().data.dataSummary({ classifier: classifier.id }, who.asked),
  )
  if (!summary.ok) return <ErrorNotice title="The pictures cannot be shown" failure={summary.failure} />
  const {
    per_class: perClass,
    per_source: perSource,
    total,
    has_original_pictures: hasOriginals,
    original,
  } = summary.value
  const label = perClass.find((one) => one.class === query.class)?.class
  const counts = perClass.map((one) => ({ name: one.class, count: one.train + one.validation + one.test }))
  return (
    <>
      {!hasOriginals && original && (
        <Notice title={`The pictures of ${original.name} are not on this machine`}>
          <p>
            {classifier.title} was trained on {counted(original.images, 'picture')} that do not travel with
            it. This command brings them:
          </p>
          <code className="command mt-2" tabIndex={0}>
            {original.command}
          </code>
        </Notice>
      )}
      {total === 0 ? (
        <EmptyState
          title="No pictures here yet"
          action={
            who.may('upload') ? (
              <Link href={`/upload?classifier=${classifier.id}`} {...looksLikeButton({ variant: 'primary' })}>
                Upload pictures
              </Link>
            ) : undefined
          }
        >
          What is uploaded or corrected is shown here.
        </EmptyState>
      ) : (
        <>
          <Card>
            <Chart
              kind="bar"
              isStacked
              title="Pictures per class"
              labelName="Class"
              valueName="Pictures"
              labels={perClass.map((one) => one.class)}
              description={balance(counts)}
              series={[
                { name: 'to learn from', values: perClass.map((one) => one.train) },
                { name: 'held back', values: perClass.map((one) => one.validation) },
                { name: 'for the test', values: perClass.map((one) => one.test) },
              ]}
            />
            <dl className="facts">
              <div>
                <dt>All pictures</dt>
                <dd>
                  <FigureNumber count={total} />
                </dd>
              </div>
              {perSource.map(({ source, count }) => (
                <div key={source}>
                  <dt>{SOURCES[source] ?? source}</dt>
                  <dd>
                    <FigureNumber count={count} />
                  </dd>
                </div>
              ))}
            </dl>
          </Card>
          <ClassSamples who={who} classifier={classifier.id} counts={counts} chosen={label} />
          <Suspense
            fallback={
              <Card title="The mean picture of each class">
                <p className="muted">Looking at the pictures: some seconds, the first time.</p>
                <Skeleton height="12rem" />
              </Card>
            }
          >
            <FeaturesView who={who} classifier={classifier.id} />
          </Suspense>
        </>
      )}
    </>
  )
}

function balance(counts: readonly { name: string; count: number }[]): string {
  const sorted = counts.toSorted((a, b) => a.count - b.count)
  const [fewest, most] = [sorted[0], sorted.at(-1)]
  if (!fewest || !most) return 'No class has a picture.'
  if (fewest.count === most.count)
    return `Every class has ${counted(most.count, 'picture')}: an even balance.`
  return (
    `“${most.name}” has the most pictures (${most.count.toLocaleString('en-GB')}), “${fewest.name}” the ` +
    `fewest (${fewest.count.toLocaleString('en-GB')}).`
  )
}
