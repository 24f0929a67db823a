/** What is left of a version's accuracy when its test pictures are darker, blurred, squeezed, grainy or
 *  turned. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { Chart } from '#lib/ui/chart.tsx'

type Measured = NonNullable<VersionCard['robustness']>

const NAMES: Readonly<Record<Measured['disturbances'][number]['kind'], string>> = {
  brightness: 'lighter or darker',
  blur: 'blurred',
  jpeg: 'squeezed as JPEG',
  noise: 'grainy',
  rotation: 'turned',
}
const STRENGTHS = ['a little', 'clearly', 'strongly'] as const

export function Robustness({ measured }: { readonly measured: Measured }) {
  const { disturbances, accuracy } = measured
  return (
    <Chart
      level={3}
      kind="bar"
      isShare
      title="Disturbed pictures"
      labelName="Disturbed"
      valueName="Accuracy"
      description={inWords(measured)}
      labels={['not at all', ...disturbances.map(({ kind }) => NAMES[kind])]}
      series={STRENGTHS.map((name, level) => ({
        name,
        values: [accuracy.value, ...disturbances.map(({ levels }) => levels[level]?.accuracy.value ?? null)],
      }))}
    />
  )
}

function inWords({ images, accuracy, disturbances }: Measured): string {
  const worst = disturbances
    .map(({ kind, levels }) => ({ kind, left: levels.at(-1)?.accuracy.value ?? accuracy.value }))
    .toSorted((a, b) => a.left - b.left)[0]
  const found =
    `${(accuracy.value * 100).toFixed(1)} % of ${images.toLocaleString('en-GB')} test pictures are ` +
    'answered rightly as they are'
  if (!worst) return `${found}.`
  return `${found}; when they are strongly ${NAMES[worst.kind]}, which hurts most, ${(worst.left * 100).toFixed(1)} %.`
}
