/** The images of a classifier: how many per class, samples, and their features. */
import Link from 'next/link'
import { Suspense } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Skeleton } from '#lib/ui/skeleton.tsx'
import { loginAt, resultOf, type Query, type CurrentUser } from '../../../../../current-user.ts'
import { ClassSamples } from './class-samples.tsx'
import { FeaturesView } from './features-view.tsx'
import { LearningCurve } from './learning-curve.tsx'

const SOURCES: Readonly<Record<string, string>> = {
  dataset: 'From a dataset',
  upload: 'Uploaded',
  feedback: 'From corrections',
}

export async function DataView({
  user,
  classifier,
  query,
}: {
  readonly user: CurrentUser
  readonly classifier: ClassifierAnswer
  readonly query: Query
}) {
  if (!user.isLoggedIn) {
    return (
      <EmptyState
        icon="key"
        title="Log in to see the images"
        action={
          <Link
            href={loginAt(classifierPage(classifier.id, 'images/insights'))}
            {...buttonProps({ variant: 'primary' })}
          >
            Log in
          </Link>
        }
      >
        Training images may be private, so they are shown only to people with an account.
      </EmptyState>
    )
  }
  const summary = await resultOf(user.context, () =>
    darkroom().queries.dataSummary({ classifier: classifier.id }),
  )
  if (!summary.ok) return <ErrorNotice title="The images cannot be shown" failure={summary.failure} />
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
        <Notice title={`The images of ${original.name} are not on this machine`}>
          <p>
            {classifier.title} was trained on {counted(original.images, 'image')} that are not shipped with
            it. Download them with this command:
          </p>
          <code className="command mt-2" tabIndex={0}>
            {original.command}
          </code>
        </Notice>
      )}
      {total === 0 ? (
        <EmptyState
          title="No images yet"
          action={
            user.may('upload') ? (
              <Link
                href={classifierPage(classifier.id, 'images/add')}
                {...buttonProps({ variant: 'primary' })}
              >
                Upload images
              </Link>
            ) : undefined
          }
        >
          Uploaded and corrected images appear here.
        </EmptyState>
      ) : (
        <>
          <Card>
            <Chart
              kind="bar"
              isStacked
              title="Images per class"
              labelName="Class"
              valueName="Images"
              labels={perClass.map((one) => one.class)}
              description={balance(counts)}
              series={[
                { name: 'training', values: perClass.map((one) => one.train) },
                { name: 'validation', values: perClass.map((one) => one.validation) },
                { name: 'test', values: perClass.map((one) => one.test) },
              ]}
            />
            <Facts>
              <Fact name="Total">
                <FigureNumber count={total} />
              </Fact>
              {perSource.map(({ source, count }) => (
                <Fact key={source} name={SOURCES[source] ?? source}>
                  <FigureNumber count={count} />
                </Fact>
              ))}
            </Facts>
          </Card>
          <LearningCurve classifier={classifier.id} />
          <PhoneFold title="Sample images">
            <ClassSamples classifier={classifier.id} counts={counts} chosen={label} />
          </PhoneFold>
          <PhoneFold title="Averages and distributions">
            <Suspense
              fallback={
                <Card title="Average image per class">
                  <p className="muted">Analysing the images. The first time, this takes a few seconds.</p>
                  <Skeleton height="12rem" />
                </Card>
              }
            >
              <FeaturesView user={user} classifier={classifier.id} />
            </Suspense>
          </PhoneFold>
        </>
      )}
    </>
  )
}

function balance(counts: readonly { name: string; count: number }[]): string {
  const sorted = counts.toSorted((a, b) => a.count - b.count)
  const [fewest, most] = [sorted[0], sorted.at(-1)]
  if (!fewest || !most) return 'There are no images.'
  if (fewest.count === most.count) return `Balanced: every class has ${counted(most.count, 'image')}.`
  return (
    `“${most.name}” has the most images (${numberText({ count: most.count })}), “${fewest.name}” the ` +
    `fewest (${numberText({ count: fewest.count })}).`
  )
}
