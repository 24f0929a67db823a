/** Whether answers that say 80 % are right 80 times in a hundred: the test answers in bins of equally many,
 *  by how sure they were. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { Chart } from '#lib/ui/chart.tsx'

type Bins = NonNullable<NonNullable<VersionCard['test']>['reliability']>

export function Reliability({ bins }: { readonly bins: Bins }) {
  return (
    <Chart
      level={3}
      kind="line"
      isShare
      title="Reliability"
      labelName="How sure, on average"
      valueName="Share"
      description={inWords(bins)}
      labels={bins.map(({ confidence }) => `${(confidence * 100).toFixed(1)} %`)}
      series={[
        { name: 'right', values: bins.map(({ images, right }) => right / images) },
        { name: 'as sure as that', values: bins.map(({ confidence }) => confidence) },
      ]}
    />
  )
}

function inWords(bins: Bins): string {
  const gaps = bins.map(({ images, confidence, right }) => ({ confidence, gap: right / images - confidence }))
  const widest = gaps.toSorted((a, b) => Math.abs(b.gap) - Math.abs(a.gap))[0]
  const each =
    `Each point is ${bins[0]?.images ?? 0} test answers of about the same confidence; where both lines ` +
    'meet it is honest.'
  if (!widest) return each
  return (
    `${each} Furthest apart at ${(widest.confidence * 100).toFixed(0)} %: right ` +
    `${Math.abs(widest.gap * 100).toFixed(1)} points ${widest.gap < 0 ? 'less' : 'more'} often.`
  )
}
