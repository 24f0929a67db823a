/** Whether more images would help: the error of last layers that were trained on parts of the images is a power law of
 *  their number (Hestness et al. 2017, arXiv:1712.00409), per class and over all. Pure numbers: which images were
 *  predicted correctly goes in, forecasts with intervals come out; nothing is trained here. */
import { wilson, type Interval } from './statistics.ts'

/** Shares of the images that are trained on. */
export const CURVE_SHARES: readonly number[] = [0.1, 0.2, 0.4, 0.8]
/** Draws of each share. In each, another fifth of the groups is never trained on. */
export const CURVE_DRAWS = 5
/** A class needs as many independent images for a curve: half of them leave one for the smallest share. */
export const FEWEST_GROUPS = 10
/** Fewer sizes do not determine two numbers and their error. */
const FEWEST_SIZES = 3
/** Images trained on per class at the smallest size. */
const FEWEST_PER_CLASS = 1
const REPLICATES = 400
const LEAST_EXPONENT = -1
const MOST_EXPONENT = 2
const HALVINGS = 40
/** A smaller gain is no help. */
const LEAST_GAIN = 0.01
/** Added errors, as many tests as that many errors are expected in: the prior of Jeffreys. */
const PRIOR_ERRORS = 0.5
const MORE_SHARE = 1 / 3
const FEWEST_MORE = 10
const GRID = 24

export type CurveOutcomes = {
  readonly classes: number
  /** Class of each image. */
  readonly labels: ArrayLike<number>
  /** Group of each image: near-copies have the same. */
  readonly groups: ArrayLike<number>
  /** Of each draw, of each size in ascending order, of each image. */
  readonly draws: readonly (readonly Int8Array[])[]
  /** Images of each class that there are, where only some of them were used. */
  readonly counts?: readonly number[]
}
export const TRAINED_ON = -1
export const WRONG = 0
export const RIGHT = 1

/** error = scale × images^−exponent */
export type PowerLaw = { readonly scale: number; readonly exponent: number }
export type SizeErrors = { readonly images: number; readonly errors: number; readonly tests: number }

/** `helps`: the gain is at least a point, and certainly one · `no_help`: it is certainly less than a point. */
export type CurveVerdict = 'helps' | 'no_help' | 'unclear'

export type LearningCurve = {
  /** Images that there are. */
  readonly images: number
  readonly measured: readonly { readonly images: number; readonly accuracy: number; readonly tests: number }[]
  readonly powerLaw: PowerLaw
  /** Accuracy by the power law, for more and more images. */
  readonly forecast: readonly (Interval & { readonly images: number })[]
  readonly now: Interval
  /** With so many more images. */
  readonly more: number
  readonly then: Interval
  readonly verdict: CurveVerdict
}

export type LearningCurves = {
  readonly all: LearningCurve
  /** Of each class; null: too few images. */
  readonly perClass: readonly (LearningCurve | null)[]
}

/** The power law that makes these errors likeliest, as if they were Poisson distributed: then the scale follows from
 *  the exponent, and the exponent from one equation, which is solved by halving. */
export function fitPowerLaw(points: readonly SizeErrors[]): PowerLaw {
  const known = points.filter(({ tests, images }) => tests > 0 && images > 0)
  const errors = known.map(({ errors: count, tests }) => count + PRIOR_ERRORS * shareOf(tests, known))
  const total = errors.reduce((sum, count) => sum + count, 0)
  const logs = known.map(({ images }) => Math.log(images))
  const wanted = logs.reduce((sum, log, i) => sum + errors[i]! * log, 0) / total
  const weightsAt = (exponent: number) => known.map(({ tests }, i) => tests * Math.exp(-exponent * logs[i]!))
  const meanLog = (exponent: number): number => {
    const weights = weightsAt(exponent)
    const sum = weights.reduce((a, b) => a + b, 0)
    return weights.reduce((a, weight, i) => a + weight * logs[i]!, 0) / sum
  }
  let [low, high] = [LEAST_EXPONENT, MOST_EXPONENT]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (meanLog(middle) > wanted) low = middle
    else high = middle
  }
  const exponent = (low + high) / 2
  return { exponent, scale: total / weightsAt(exponent).reduce((a, b) => a + b, 0) }
}

const shareOf = (tests: number, all: readonly SizeErrors[]): number =>
  tests / all.reduce((sum, one) => sum + one.tests, 0)

export const accuracyAt = ({ scale, exponent }: PowerLaw, images: number): number =>
  Math.min(1, Math.max(0, 1 - scale * images ** -exponent))

/** A number of images that a person would name: about a third of those that there are. */
export function roundMore(images: number): number {
  const wanted = Math.max(FEWEST_MORE, images * MORE_SHARE)
  const magnitude = 10 ** Math.floor(Math.log10(wanted))
  return [1, 2, 3, 5, 10].map((n) => n * magnitude).reduce((a, b) => (nearer(b, a, wanted) ? b : a))
}

const nearer = (one: number, other: number, to: number): boolean =>
  Math.abs(Math.log(one / to)) < Math.abs(Math.log(other / to))

/** @param random uniform in [0, 1): groups and draws are drawn again for the intervals (Efron 1979). Null: too few
 *  images for a curve. */
export function learningCurves(outcomes: CurveOutcomes, random: () => number): LearningCurves | null {
  const counts = cellsOf(outcomes)
  if (counts.sizes.length < FEWEST_SIZES) return null
  const all = curveOf(counts, null, random)
  if (all === null) return null
  return {
    all,
    perClass: Array.from({ length: outcomes.classes }, (_, k) => curveOf(counts, k, random)),
  }
}

/** Of each group what was tested and wrong, by draw and size. */
type Cell = {
  readonly group: number
  readonly label: number
  readonly tests: Float64Array
  readonly errors: Float64Array
}
type Cells = {
  readonly cells: readonly Cell[]
  readonly groups: number
  readonly draws: number
  /** Which sizes are used. */
  readonly sizes: readonly number[]
  /** Images trained on at a size: mean over the draws. */
  readonly trained: (size: number, label: number | null) => number
  readonly imagesOf: (label: number | null) => number
}

function cellsOf({ labels, groups, draws, classes, counts }: CurveOutcomes): Cells {
  const count = labels.length
  const sizeCount = draws[0]?.length ?? 0
  const images = new Float64Array(classes)
  const trained = Array.from({ length: sizeCount }, () => new Float64Array(classes))
  const byKey = new Map<string, Cell>()
  const numbers = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    images[labels[i]!]! += 1
    const group = numbers.get(groups[i]!) ?? numbers.size
    numbers.set(groups[i]!, group)
    const key = `${group} ${labels[i]}`
    const cell = byKey.get(key) ?? {
      group,
      label: labels[i]!,
      tests: new Float64Array(draws.length * sizeCount),
      errors: new Float64Array(draws.length * sizeCount),
    }
    byKey.set(key, cell)
    draws.forEach((sizes, d) =>
      sizes.forEach((outcome, s) => {
        if (outcome[i] === TRAINED_ON) trained[s]![labels[i]!]! += 1 / draws.length
        else cell.tests[d * sizeCount + s]! += 1
        if (outcome[i] === WRONG) cell.errors[d * sizeCount + s]! += 1
      }),
    )
  }
  const of = (perClass: ArrayLike<number>, label: number | null): number =>
    label === null ? Array.from(perClass).reduce((a, b) => a + b, 0) : perClass[label]!
  const trainedOf = (size: number, label: number | null): number => of(trained[size]!, label)
  return {
    cells: [...byKey.values()],
    groups: numbers.size,
    draws: draws.length,
    sizes: Array.from({ length: sizeCount }, (_, s) => s).filter(
      (s) => trainedOf(s, null) >= FEWEST_PER_CLASS * classes,
    ),
    trained: trainedOf,
    imagesOf: (label) => of(counts ?? images, label),
  }
}

function curveOf(all: Cells, label: number | null, random: () => number): LearningCurve | null {
  const cells = label === null ? all.cells : all.cells.filter((cell) => cell.label === label)
  const sizes = all.sizes.filter((s) => all.trained(s, label) >= FEWEST_PER_CLASS)
  if (new Set(cells.map(({ group }) => group)).size < FEWEST_GROUPS || sizes.length < FEWEST_SIZES)
    return null
  const pointsOf = (weightOf: ArrayLike<number>, drawWeights: ArrayLike<number>) =>
    pointsAt({ all, cells, sizes, label }, weightOf, drawWeights)
  const measured = pointsOf(new Float64Array(all.groups).fill(1), new Float64Array(all.draws).fill(1))
  const powerLaw = fitPowerLaw(measured)
  const fits = Array.from({ length: REPLICATES }, () =>
    fitPowerLaw(pointsOf(drawnWeights(all.groups, random), drawnWeights(all.draws, random))),
  ).filter(({ scale }) => Number.isFinite(scale)) // not where no group of the class was drawn
  const images = all.imagesOf(label)
  const more = roundMore(images)
  // an image is tested several times, but says as much as one
  const independent = new Set(cells.map(({ group }) => group)).size
  const at = (n: number): Interval => intervalAt({ powerLaw, fits, independent }, n)
  const gains = fits.map((one) => accuracyAt(one, images + more) - accuracyAt(one, images)).sort(ascending)
  return {
    images,
    measured: measured.map(({ images: n, errors, tests }) => ({
      images: n,
      accuracy: 1 - errors / tests,
      tests,
    })),
    powerLaw,
    forecast: gridOf(measured[0]!.images, images + more).map((n) => ({ images: n, ...at(n) })),
    now: at(images),
    more,
    then: at(images + more),
    verdict: verdictOf(accuracyAt(powerLaw, images + more) - accuracyAt(powerLaw, images), gains),
  }
}

type CurvePart = {
  readonly all: Cells
  readonly cells: readonly Cell[]
  readonly sizes: readonly number[]
  readonly label: number | null
}

function pointsAt(
  { all, cells, sizes, label }: CurvePart,
  groupWeights: ArrayLike<number>,
  drawWeights: ArrayLike<number>,
): readonly SizeErrors[] {
  const sizeCount = (cells[0]?.tests.length ?? 0) / all.draws
  return sizes.map((s) => {
    let [errors, tests] = [0, 0]
    for (const cell of cells) {
      const own = groupWeights[cell.group]!
      if (own === 0) continue
      for (let d = 0; d < all.draws; d++) {
        const weight = own * drawWeights[d]!
        errors += weight * cell.errors[d * sizeCount + s]!
        tests += weight * cell.tests[d * sizeCount + s]!
      }
    }
    return { images: all.trained(s, label), errors, tests }
  })
}

/** How often each is drawn in as many draws with replacement. */
function drawnWeights(count: number, random: () => number): Float64Array {
  const weights = new Float64Array(count)
  for (let i = 0; i < count; i++) weights[Math.floor(random() * count)]! += 1
  return weights
}

type FittedLaws = {
  readonly powerLaw: PowerLaw
  readonly fits: readonly PowerLaw[]
  readonly independent: number
}

/** More images do not make it worse. Where hardly anything is wrong, drawing again shows no variation, so the interval
 *  is never narrower than Wilson's for as many independent images. */
function intervalAt({ powerLaw, fits, independent }: FittedLaws, images: number): Interval {
  const value = accuracyAt(powerLaw, images)
  const values = fits.map((one) => accuracyAt(one, images)).sort(ascending)
  const usual = wilson(value * independent, independent)
  return {
    value,
    low: Math.min(quantile(values, 0.025), usual.low),
    high: Math.max(quantile(values, 0.975), usual.high),
  }
}

function verdictOf(gain: number, gains: readonly number[]): CurveVerdict {
  if (gain >= LEAST_GAIN && quantile(gains, 0.025) > 0) return 'helps'
  return quantile(gains, 0.975) < LEAST_GAIN ? 'no_help' : 'unclear'
}

/** Evenly spaced by their logarithm. */
const gridOf = (from: number, to: number): readonly number[] => [
  ...new Set(Array.from({ length: GRID }, (_, i) => Math.round(from * (to / from) ** (i / (GRID - 1))))),
]

const ascending = (a: number, b: number): number => a - b
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
