/** The duration of a training run and the memory it needs, calculated from the figures of a probe. Pure: it
 *  measures nothing. */
import type { Cost, ProbeFigures } from '#lib/contracts/probe.ts'
import { FEWEST_FOR_CALIBRATION } from '#lib/domain/evaluation/calibration.ts'

/** The number of images in each part of the run. */
export type Parts = { readonly train: number; readonly validation: number; readonly test: number }

export type ForecastFacts = {
  readonly figures: ProbeFigures
  readonly parts: Parts
  readonly epochs: number
  /** Tries without improvement after which the run stops; with as many as epochs or more, it never stops early. */
  readonly patience: number
  /** Images that are decoded already. */
  readonly isPacked: boolean
  /** Compared with the live version afterwards, in a process of its own. */
  readonly isCompared: boolean
}

export type Forecast = {
  readonly engine: ProbeFigures['engine']
  readonly seconds: number
  readonly cpuSeconds: number
  /** It is an upper limit: the run may stop before the last epoch when nothing improves. */
  readonly isMost: boolean
  readonly memoryMb: number
}

/** With gradient steps, the latest and the averaged weights are both evaluated at the end of an epoch. */
const JUDGED_TWICE = 2
/** The number of training images whose features serve as references. */
const MOST_REFERENCE = 2_000
/** The number of images on which the tests under disturbances run (measure-robustness.ts); they are nearly all
 *  of the sealing time. */
const MOST_DISTURBED = 1_000
/** A run is longer than its probe, and JavaScript's heap grows meanwhile: by 14 to 38 MB in seven small
 *  runs on `onnx`, not in one of a head (2026-11). */
const GROWS_MB = 25
/** The images left over at the end of an epoch, fewer than a batch, are not trained on. */
const stepsOf = (train: number, batch: number): number => Math.max(1, Math.floor(train / batch))

export function forecast({
  figures,
  parts,
  epochs,
  patience,
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
          [learning.embed, parts.train * learning.views + choosing],
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

/** For users: "up to 2 min 40 s, 210 MB". Rounded as coarsely as it is uncertain. */
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

/** Rounded as coarsely as a forecast is uncertain. */
export function spanWords(seconds: number): string {
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
