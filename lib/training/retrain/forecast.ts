/** How long a training will take and how much memory, added up from what a probe measured. Pure: it measures
 *  nothing and asks nobody. */
import type { Cost, ProbeFigures } from '#lib/contracts/probe.ts'
import { FEWEST_FOR_CALIBRATION } from '#lib/domain/calibration.ts'

/** Images of each part, as the run will have them. */
export type Parts = { readonly train: number; readonly validation: number; readonly test: number }

export type ForecastFacts = {
  readonly figures: ProbeFigures
  readonly parts: Parts
  readonly epochs: number
  /** Tries without a better one after which it stops; as many as epochs or more: it never stops early. */
  readonly patience: number
  /** Each image also from the other side. */
  readonly views: number
  /** Images that are decoded already. */
  readonly isPacked: boolean
  /** Compared with a champion afterwards, in a process of its own. */
  readonly isCompared: boolean
}

export type Forecast = {
  readonly engine: ProbeFigures['engine']
  readonly seconds: number
  readonly cpuSeconds: number
  /** It may stop before the last epoch, when nothing gets better. */
  readonly isMost: boolean
  readonly memoryMb: number
}

/** Of what learns step by step: latest and averaged weights are both judged at the end of an epoch. */
const JUDGED_TWICE = 2
/** Reference features are of so many training images at most. */
const MOST_REFERENCE = 2_000
/** Tests under disturbances are on so many images at most (measure-robustness.ts), and they are nearly all
 *  that sealing does. */
const MOST_DISTURBED = 1_000
/** A run is longer than its probe, and JavaScript's heap grows meanwhile: by 14 to 38 MB in seven small
 *  runs on `onnx`, not in one of a head (2026-11). */
const GROWS_MB = 25
/** Steps of an epoch that are not trained are fewer than a batch. */
const stepsOf = (train: number, batch: number): number => Math.max(1, Math.floor(train / batch))

export function forecast({
  figures,
  parts,
  epochs,
  patience,
  views,
  isPacked,
  isCompared,
}: ForecastFacts): Forecast {
  const { learning, seal } = figures
  const choosing =
    parts.validation < 2 * FEWEST_FOR_CALIBRATION ? parts.validation : Math.ceil(parts.validation / 2)
  const all = parts.train + parts.validation + parts.test
  const pieces: readonly (readonly [Cost, number])[] = [
    [figures.start, 1],
    [figures.decode, isPacked ? 0 : all],
    [figures.begin, 1],
    ...(learning.kind === 'head'
      ? ([
          [learning.embed, parts.train * views + choosing],
          [learning.fit, parts.train],
        ] as const)
      : ([
          [learning.learner, 1],
          [learning.step, epochs * stepsOf(parts.train, learning.batch)],
          [learning.choose, epochs * JUDGED_TWICE * choosing],
          [learning.checkpoint, epochs],
        ] as const)),
    [seal.always, 1],
    [seal.perTest, Math.min(parts.test, MOST_DISTURBED)],
    [seal.perHeld, parts.validation],
    [seal.perTraining, Math.min(parts.train, MOST_REFERENCE)],
    ...(isCompared
      ? ([
          [figures.start, 1],
          [figures.decode, 2 * parts.test],
          [seal.perHeld, 2 * parts.test],
        ] as const)
      : []),
  ]
  const sum = (of: (cost: Cost) => number): number =>
    pieces.reduce((total, [cost, times]) => total + of(cost) * times, 0)
  return {
    engine: figures.engine,
    seconds: sum((cost) => cost.seconds),
    cpuSeconds: sum((cost) => cost.cpuSeconds),
    isMost: learning.kind === 'stepped' && patience < epochs,
    memoryMb: figures.memoryMb + (learning.kind === 'stepped' ? GROWS_MB : 0),
  }
}

/** As a person reads it: "up to 2 min 40 s, 210 MB". Rounded as coarsely as it is uncertain. */
export function forecastWords({
  seconds,
  memoryMb,
  isMost,
}: Pick<Forecast, 'seconds' | 'memoryMb' | 'isMost'>): string {
  return (
    `${isMost ? 'up to' : 'about'} ${spanWords(seconds)}, ` +
    `${Math.max(10, Math.round(memoryMb / 10) * 10).toLocaleString('en')} MB`
  )
}

function spanWords(seconds: number): string {
  if (seconds < 20) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 90) return `${Math.round(seconds / 5) * 5} s`
  const coarse = seconds < 600 ? Math.round(seconds / 10) * 10 : Math.round(seconds / 60) * 60
  const [hours, minutes, rest] = [Math.floor(coarse / 3600), Math.floor((coarse % 3600) / 60), coarse % 60]
  return [
    hours > 0 ? `${hours} h` : '',
    minutes > 0 ? `${minutes} min` : '',
    rest > 0 && hours === 0 ? `${rest} s` : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
}
