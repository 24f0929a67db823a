/** The accuracy of a version on images that it was not trained on, with changed brightness, blur, compression, noise
 *  or rotation. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Chart } from '#lib/ui/chart.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'

type RobustnessResult = NonNullable<VersionCard['robustness']>

const NAMES: Readonly<Record<RobustnessResult['disturbances'][number]['kind'], string>> = {
  brightness: 'brightness',
  blur: 'blur',
  jpeg: 'JPEG compression',
  noise: 'noise',
  rotation: 'rotation',
}
const STRENGTHS = ['weak', 'medium', 'strong'] as const

export function Robustness({ result }: { readonly result: RobustnessResult }) {
  const { disturbances, accuracy } = result
  return (
    <Chart
      level={3}
      kind="bar"
      isShare
      title="Accuracy on distorted images"
      labelName="Distortion"
      valueName="Accuracy"
      description={summary(result)}
      labels={['none', ...disturbances.map(({ kind }) => NAMES[kind])]}
      series={STRENGTHS.map((name, level) => ({
        name,
        values: [accuracy.value, ...disturbances.map(({ levels }) => levels[level]?.accuracy.value ?? null)],
      }))}
    />
  )
}

/** For a version that was evaluated by cross-validation and has no figures yet. */
export function RobustnessPending() {
  return (
    <p className="small muted">
      Robustness, the accuracy on images that are darker, blurred, compressed, noisy or rotated, is measured
      in the background after training, while no other training run is in progress.
    </p>
  )
}

function summary({ images, accuracy, disturbances, measured_on }: RobustnessResult): string {
  const worst = disturbances
    .map(({ kind, levels }) => ({ kind, left: levels.at(-1)?.accuracy.value ?? accuracy.value }))
    .toSorted((a, b) => a.left - b.left)[0]
  const undistorted = numberText({ share: measured_on === 'folds' ? accuracy : accuracy.value })
  const result =
    measured_on === 'folds'
      ? `Accuracy on ${counted(images, 'undistorted image')}, each left out of training once: ${undistorted}`
      : `Accuracy on ${counted(images, 'undistorted test image')}: ${undistorted}`
  if (!worst) return `${result}.`
  return `${result}. Lowest with strong ${NAMES[worst.kind]}: ${numberText({ share: worst.left })}.`
}
