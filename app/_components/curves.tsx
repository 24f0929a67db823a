'use client'
/** The curves of a training, one point an epoch: what it lost and how often it was right, on pictures it
 *  learnt from and on others. */
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { Chart } from '#lib/ui/chart.tsx'

export function Curves({ points }: { readonly points: readonly EpochPoint[] }) {
  const labels = points.map(({ epoch }) => String(epoch))
  const best = points.findLast((point) => point.is_best)
  return (
    <div className="columns">
      <Chart
        level={3}
        kind="line"
        title="Accuracy"
        labelName="Epoch"
        valueName="Right answers"
        isShare
        labels={labels}
        description={
          best
            ? `Right answers among held-back pictures, epoch by epoch; the best was epoch ${best.epoch}, ` +
              `with ${(best.val_accuracy * 100).toFixed(1)} %.`
            : 'Right answers among held-back pictures, epoch by epoch.'
        }
        series={[
          { name: 'held-back pictures', values: points.map((point) => point.val_accuracy) },
          { name: 'pictures it learns from', values: points.map((point) => point.accuracy) },
        ]}
      />
      <Chart
        level={3}
        kind="line"
        title="Loss"
        labelName="Epoch"
        valueName="Loss"
        labels={labels}
        description={
          'How wrong the answers are, epoch by epoch; when the held-back line rises while the other ' +
          'falls, it learns by heart.'
        }
        series={[
          { name: 'held-back pictures', values: points.map((point) => point.val_loss) },
          { name: 'pictures it learns from', values: points.map((point) => point.loss) },
        ]}
      />
    </div>
  )
}
