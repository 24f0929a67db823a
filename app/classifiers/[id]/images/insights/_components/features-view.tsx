/** The features of the images: average image per class, brightness, contrast, size and aspect ratio. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { resultOf, type CurrentUser } from '../../../../../current-user.ts'
import { MeanImages } from './mean-images.tsx'

type Features = Output<Routes['GET /api/data/features']>
type Bin = Features['brightness'][number]

export async function FeaturesView({
  user,
  classifier,
}: {
  readonly user: CurrentUser
  readonly classifier: string
}) {
  const answer = await resultOf(user.context, () =>
    darkroom().ingest.dataFeatures({ classifier }, user.context),
  )
  if (!answer.ok) return <ErrorNotice title="The image features cannot be shown" failure={answer.failure} />
  const {
    total,
    looked_at: analyzed,
    unreadable,
    brightness,
    contrast,
    longer_side: longerSide,
    aspect,
    per_class: perClass,
  } = answer.value
  if (analyzed === 0) return null
  const classes = perClass.map((one) => one.class)
  return (
    <>
      <MeanImages perClass={perClass} total={total} analyzed={analyzed} unreadable={unreadable} />
      <div className="columns">
        <Card>
          <Histogram
            title="Brightness"
            name="Brightness, % of white"
            bins={brightness}
            label={percentRange}
            description={
              `Mean brightness: ${mostOf(brightness, analyzed, percentRange)} % of white.` +
              extremes(perClass, (one) => one.brightness, 'darkest', 'brightest')
            }
          />
        </Card>
        <Card>
          <Histogram
            title="Contrast"
            name="Contrast, %"
            bins={contrast}
            label={percentRange}
            description={
              `Contrast within each image: ${mostOf(contrast, analyzed, percentRange)} %.` +
              extremes(perClass, (one) => one.contrast, 'lowest-contrast', 'highest-contrast')
            }
          />
        </Card>
      </div>
      <Card>
        <Chart
          kind="bar"
          isShare
          title="Brightness and contrast by class"
          labelName="Class"
          valueName="Share of white"
          labels={classes}
          series={[
            { name: 'brightness', values: perClass.map((one) => one.brightness) },
            { name: 'contrast', values: perClass.map((one) => one.contrast) },
          ]}
          description={
            'Mean brightness and contrast of each class. If they differ strongly, the classifier may learn ' +
            'lighting instead of the object.'
          }
        />
      </Card>
      <div className="columns">
        <Card>
          <Histogram
            title="Size"
            name="Longer side, pixels"
            bins={longerSide}
            label={pixelRange}
            description={`Longer side of the images: ${mostOf(longerSide, analyzed, pixelRange)} pixels.`}
          />
        </Card>
        <Card>
          <Histogram
            title="Aspect ratio"
            name="Width / height"
            bins={aspect}
            label={aspectRange}
            description={`Width divided by height (1 is square): ${mostOf(aspect, analyzed, aspectRange)}.`}
          />
        </Card>
      </div>
    </>
  )
}

function Histogram({
  title,
  name,
  bins,
  label,
  description,
}: {
  title: string
  name: string
  bins: readonly Bin[]
  label: (bin: Bin) => string
  description: string
}) {
  return (
    <Chart
      kind="bar"
      title={title}
      labelName={name}
      valueName="Images"
      labels={bins.map(label)}
      series={[{ name: 'images', values: bins.map(({ count }) => count) }]}
      description={description}
    />
  )
}

const percentRange = ({ from, to }: Bin): string =>
  to === null ? `${round(from * 100)} and more` : `${round(from * 100)}–${round(to * 100)}`
const pixelRange = ({ from, to }: Bin): string => (to === null ? `${from} and more` : `${from}–${to - 1}`)
const aspectRange = ({ from, to }: Bin): string => {
  if (to === null) return `${from} and more`
  return from === 0 ? `under ${to}` : `${from}–${to}`
}
const round = (value: number): number => Number(value.toFixed(1))

function mostOf(bins: readonly Bin[], all: number, label: (bin: Bin) => string): string {
  const most = bins.toSorted((a, b) => b.count - a.count)[0]
  return most ? `${Math.round((100 * most.count) / all)} % of the images have ${label(most)}` : ''
}

function extremes(
  perClass: Features['per_class'],
  of: (one: Features['per_class'][number]) => number | null,
  low: string,
  high: string,
): string {
  const sorted = perClass.filter((one) => of(one) !== null).toSorted((a, b) => of(a)! - of(b)!)
  const [least, most] = [sorted[0], sorted.at(-1)]
  return least && most && least !== most
    ? ` The ${low} class is “${least.class}”, the ${high} is “${most.class}”.`
    : ''
}
