/** What the pictures are like as pictures: light, contrast, size, form, and the mean picture of each class. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { answered, type Visitor } from '../../visitor.ts'
import { MeanImages } from './mean-images.tsx'

type Features = Output<Routes['GET /api/data/features']>
type Bin = Features['brightness'][number]

export async function FeaturesView({
  who,
  classifier,
}: {
  readonly who: Visitor
  readonly classifier: string
}) {
  const answer = await answered(who.asked, () => darkroom().ingest.dataFeatures({ classifier }, who.asked))
  if (!answer.ok)
    return <ErrorNotice title="The features of the pictures cannot be shown" failure={answer.failure} />
  const {
    total,
    looked_at: lookedAt,
    unreadable,
    brightness,
    contrast,
    longer_side: longerSide,
    aspect,
    per_class: perClass,
  } = answer.value
  if (lookedAt === 0) return null
  const classes = perClass.map((one) => one.class)
  return (
    <>
      <MeanImages perClass={perClass} total={total} lookedAt={lookedAt} unreadable={unreadable} />
      <div className="columns">
        <Card>
          <Histogram
            title="Brightness"
            name="Brightness, % of white"
            bins={brightness}
            label={percentRange}
            description={
              `How light the pictures are on the whole: ${mostOf(brightness, lookedAt, percentRange)} % ` +
              `of white.${extremes(perClass, (one) => one.brightness, 'darkest', 'lightest')}`
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
              'How far light and dark are apart within a picture: ' +
              `${mostOf(contrast, lookedAt, percentRange)} %.` +
              extremes(perClass, (one) => one.contrast, 'flattest', 'richest')
            }
          />
        </Card>
      </div>
      <Card>
        <Chart
          kind="bar"
          isShare
          title="Light and contrast by class"
          labelName="Class"
          valueName="Share of white"
          labels={classes}
          series={[
            { name: 'brightness', values: perClass.map((one) => one.brightness) },
            { name: 'contrast', values: perClass.map((one) => one.contrast) },
          ]}
          description={
            'The mean brightness and contrast of each class; where they differ much, a classifier may ' +
            'learn the light instead of the thing.'
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
            description={`The longer side of the pictures: ${mostOf(longerSide, lookedAt, pixelRange)} pixels.`}
          />
        </Card>
        <Card>
          <Histogram
            title="Form"
            name="Width by height"
            bins={aspect}
            label={aspectRange}
            description={`Width by height, so 1 is square: ${mostOf(aspect, lookedAt, aspectRange)}.`}
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
      valueName="Pictures"
      labels={bins.map(label)}
      series={[{ name: 'pictures', values: bins.map(({ count }) => count) }]}
      description={description}
    />
  )
}

const percentRange = ({ from, to }: Bin): string =>
  to === null ? `${round(from * 100)} and more` : `${round(from * 100)}–${round(to * 100)}`
const pixelRange = ({ from, to }: Bin): string => (to === null ? `${from} and more` : `${from}–${to - 1}`)
function aspectRange({ from, to }: Bin): string {
  if (to === null) return `${from} and wider`
  return from === 0 ? `under ${to}` : `${from}–${to}`
}
const round = (value: number): number => Number(value.toFixed(1))

function mostOf(bins: readonly Bin[], all: number, label: (bin: Bin) => string): string {
  const most = bins.toSorted((a, b) => b.count - a.count)[0]
  return most ? `${Math.round((100 * most.count) / all)} of 100 have ${label(most)}` : ''
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
    ? ` The ${low} class is “${least.class}”, the ${high} “${most.class}”.`
    : ''
}
