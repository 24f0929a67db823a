/** The accuracy of a version on test images with changed brightness, blur, compression, noise or rotation. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { counted } from '#lib/domain/count-text.ts'
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

function summary({ images, accuracy, disturbances }: RobustnessResult): string {
  const worst = disturbances
    .map(({ kind, levels }) => ({ kind, left: levels.at(-1)?.accuracy.value ?? accuracy.value }))
    .toSorted((a, b) => a.left - b.left)[0]
  const undistorted = numberText({ share: accuracy.value })
  const result = `Accuracy on ${counted(images, 'undistorted test image')}: ${undistorted}`
  if (!worst) return `${result}.`
  return `${result}. Lowest with strong ${NAMES[worst.kind]}: ${numberText({ share: worst.left })}.`
}
