'use client'
/** The training curves: accuracy and loss per epoch, on the training set and on the validation set. */
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { Chart } from '#lib/ui/chart.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'

const VALIDATION = 'validation set'
const TRAINING = 'training set'
const LOSS_TEXT =
  'Prediction error per epoch. If the validation loss rises while the training loss falls, the model is ' +
  'overfitting.'

export function Curves({ points }: { readonly points: readonly EpochPoint[] }) {
  const labels = points.map(({ epoch }) => String(epoch))
  const chosen = points.findLast((point) => point.is_best)
  return (
    <div className="columns">
      <Chart
        level={3}
        kind="line"
        title="Accuracy"
        labelName="Epoch"
        valueName="Accuracy"
        isShare
        labels={labels}
        description={accuracyText(chosen)}
        series={[
          { name: VALIDATION, values: points.map((point) => point.val_accuracy) },
          { name: TRAINING, values: points.map((point) => point.accuracy) },
        ]}
      />
      <Chart
        level={3}
        kind="line"
        title="Loss"
        labelName="Epoch"
        valueName="Loss"
        labels={labels}
        description={LOSS_TEXT}
        series={[
          { name: VALIDATION, values: points.map((point) => point.val_loss) },
          { name: TRAINING, values: points.map((point) => point.loss) },
        ]}
      />
    </div>
  )
}

function accuracyText(chosen: EpochPoint | undefined): string {
  const axis = 'Share of correct predictions per epoch.'
  if (!chosen) return axis
  const accuracy = numberText({ share: chosen.val_accuracy })
  return `${axis} Chosen: epoch ${chosen.epoch}, with a validation accuracy of ${accuracy}.`
}
