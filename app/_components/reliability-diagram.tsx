/** The reliability diagram: accuracy against mean confidence of the test predictions, in bins of equal size. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { Chart } from '#lib/ui/chart.tsx'

type Bins = NonNullable<NonNullable<VersionCard['test']>['reliability']>

export function ReliabilityDiagram({ bins }: { readonly bins: Bins }) {
  return (
    <Chart
      level={3}
      kind="line"
      isShare
      title="Reliability"
      labelName="Mean confidence"
      valueName="Share"
      description={summary(bins)}
      labels={bins.map(({ confidence }) => `${(confidence * 100).toFixed(1)} %`)}
      series={[
        { name: 'accuracy', values: bins.map(({ images, right }) => right / images) },
        { name: 'perfect calibration', values: bins.map(({ confidence }) => confidence) },
      ]}
    />
  )
}

function summary(bins: Bins): string {
  const gaps = bins.map(({ images, confidence, right }) => ({ confidence, gap: right / images - confidence }))
  const widest = gaps.toSorted((a, b) => Math.abs(b.gap) - Math.abs(a.gap))[0]
  const legend =
    `Each point is ${bins[0]?.images ?? 0} test predictions of similar confidence. Where the lines meet, ` +
    'the confidence is accurate.'
  if (!widest) return legend
  const confidence = (widest.confidence * 100).toFixed(0)
  const points = Math.abs(widest.gap * 100).toFixed(1)
  const direction = widest.gap < 0 ? 'lower' : 'higher'
  return `${legend} Largest gap at ${confidence} %: the accuracy is ${points} points ${direction}.`
}
