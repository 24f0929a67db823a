/** A last layer trained on all images and evaluated on all of them: each image is answered by layers that were trained
 *  without its group (domain/folds). How strongly weights are regularised is chosen by the same folds. It sees no image
 *  and needs no engine. */
import { fitTemperature, logLosses, type Logits } from '#lib/domain/evaluation/calibration.ts'
import type { FoldRound } from '#lib/domain/evaluation/folds.ts'
import { score, type Score } from '../evaluate/evaluate.ts'
import type { FeatureProducts, MakeProducts } from './feature-products.ts'
import {
  chosenRows,
  importanceOf,
  rowsOf,
  scaledHead,
  scaledLogits,
  sharedRows,
  standardisedViews,
} from './feature-rows.ts'
import type { FeatureSet, HeadSettings, HeadTry } from './head.ts'
import { isWorthwhile, rowSpaceOf } from './row-space.ts'
import { meanFit, squaresStrength, wantsSquares } from './mean-of-heads.ts'
import {
  regressAll,
  type FittedRegression,
  type RegressionLoss,
  type RegressionTask,
  type SharedRows,
} from './parallel-regression.ts'
import { flatOf, headOf, scalingOf, type FeatureScale, type Head } from './softmax-regression.ts'

export type CrossValidationProblem = {
  readonly training: FeatureSet
  /** The first round chooses the strength; the others are fitted with it alone. */
  readonly rounds: readonly FoldRound[]
  /** The first image of each group: near-copies of it say nothing more about the strength or the temperature. */
  readonly isCounted: readonly boolean[]
  readonly classes: number
  readonly settings: HeadSettings
  /** A head that has seen none of the evaluated images: weights are pulled to it, not to zero. */
  readonly towards: Head | null
  readonly makeProducts: MakeProducts
  /** Called after each step; throws where the run is cancelled. */
  readonly onStep?: () => void
}

export type CrossValidated = {
  /** Trained on all images, scaled so that its probabilities fit the left-out images best. */
  readonly head: Head
  /** The number of the chosen try. */
  readonly number: number
  readonly strength: number
  /** Of each image, by heads that were trained without its group: means over the rounds, scaled as `head` is. A row
   *  of an image that is not evaluated is zero. */
  readonly logits: Logits
  /** The same of each round. */
  readonly perRound: readonly Logits[]
  readonly isEvaluated: readonly boolean[]
  /** The mean of the heads that answered for an image; null where it is not evaluated. */
  readonly headFor: (image: number) => Head | null
}

type Attempt = {
  readonly heldOut: readonly number[]
  readonly loss: number
  readonly number: number
  readonly strength: number
  readonly fits: readonly FittedRegression[]
}

/** Yields each strength that is tried; returns the layer and its out-of-fold answers. */
export async function* crossValidate(
  problem: CrossValidationProblem,
): AsyncGenerator<HeadTry, CrossValidated> {
  const { training, classes, settings, makeProducts } = problem
  const scaling = scalingOf({
    count: training.count,
    length: training.length,
    features: training.views[0]!,
  })
  const all = sharedRows(training, classes)
  const features = { features: standardisedViews(training, scaling), count: all.count, length: all.length }
  const rowSpace = problem.towards === null && isWorthwhile(features) ? rowSpaceOf(features) : null
  const rows = { ...all, length: rowSpace?.table.length ?? all.length }
  await using products = await makeProducts(rowSpace?.table ?? features)
  const run = { ...problem, scaling, rows, products, importance: importanceOf(training, classes, settings) }
  const attempts: Attempt[] = []
  let chosen: Attempt | null = null
  let from: readonly Float64Array[] | null = null
  for (let number = 1; number <= settings.epochs; number++) {
    const strength = settings.strongest / settings.fall ** (number - 1)
    const attempt = await attempted(run, { number, strength, from })
    attempts.push(attempt)
    from = attempt.fits.map(({ flat }) => flat)
    chosen = strongestWithinOneError(attempts)
    yield triedOf(run, attempt, chosen === attempt)
    const best = attempts.reduce((a, b) => (b.loss < a.loss ? b : a))
    if (number - best.number >= settings.patience) break
  }
  if (!chosen) throw new Error(`the head cannot be trained in ${settings.epochs} attempts`)
  const regressions = [[chosen.fits[0]!], chosen.fits.slice(1), ...(await otherRounds(run, chosen.strength))]
  const squares = wantsSquares(training, problem.towards) ? await squaresOf(run) : null
  const [whole, ...folds] = regressions.map((of, round) =>
    of.map((fit, i) => {
      const mean = squares ? meanFit(fit, squares[round]![i]!) : fit
      return rowSpace ? { ...mean, flat: rowSpace.fullWeights(mean.flat) } : mean
    }),
  )
  return evaluated(run, chosen, whole![0]!, folds)
}

type Run = Omit<CrossValidationProblem, 'makeProducts'> & {
  readonly scaling: FeatureScale
  readonly rows: SharedRows
  readonly products: FeatureProducts
  readonly importance: Float32Array
}

/** The head on all images first, then that of each fold of the first round. */
async function attempted(
  run: Run,
  { number, strength, from }: { number: number; strength: number; from: readonly Float64Array[] | null },
): Promise<Attempt> {
  const { training, rounds } = run
  const [round] = rounds
  const masks = round ? foldMasks(run, round) : []
  const start = startOf(run)
  const tasks = [run.importance, ...masks].map((importance, i): RegressionTask => ({
    importance,
    strength,
    towards: start,
    from: from?.[i] ?? start,
  }))
  const fits = await regressAll(tasks, run.rows, run.products, optionsOf(run))
  const { logits, isEvaluated } = round
    ? outOfFold(run, [round], [fits.slice(1)])
    : { logits: rowsOf(fits[0]!.logits, run.rows, training.count), isEvaluated: [] }
  const places = round ? placesOf(run, isEvaluated) : Array.from({ length: training.count }, (_, i) => i)
  const some = chosenRows(logits, training.labels, places)
  const temperature = some.labels.length > 0 ? fitTemperature(some.logits, some.labels) : 1
  // of rare classes, as in training: a strength that gives them up costs little otherwise
  const heldOut = [...logLosses(some.logits, some.labels, temperature)].map(
    (loss, i) => loss * run.importance[places[i]!]!,
  )
  return { number, strength, fits, heldOut, loss: meanOf(heldOut) }
}

/** The strongest whose loss is within one standard error of the lowest: Breiman et al. 1984, "Classification and
 *  regression trees", section 3.4.3. The error is that of the difference from the lowest, image by image. */
function strongestWithinOneError(attempts: readonly Attempt[]): Attempt {
  const best = attempts.reduce((a, b) => (b.loss < a.loss ? b : a))
  return attempts.find((one) => one.loss - best.loss <= errorOfDifference(one.heldOut, best.heldOut)) ?? best
}

function errorOfDifference(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, i) => value - b[i]!)
  const mean = meanOf(differences)
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / Math.max(1, a.length - 1) / Math.max(1, a.length))
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function triedOf(run: Run, attempt: Attempt, isBest: boolean): HeadTry {
  const { training, rounds } = run
  const fitted = rowsOf(attempt.fits[0]!.logits, run.rows, training.count)
  const [round] = rounds
  const held: Score = round
    ? heldOutScore(run, outOfFold(run, [round], [attempt.fits.slice(1)]))
    : score(fitted, training.labels)
  return {
    number: attempt.number,
    strength: attempt.strength,
    training: score(fitted, training.labels),
    heldOut: { ...held, loss: attempt.loss },
    isBest,
  }
}

function heldOutScore(
  run: Run,
  { logits, isEvaluated }: { readonly logits: Logits; readonly isEvaluated: readonly boolean[] },
): Score {
  const some = chosenRows(logits, run.training.labels, placesOf(run, isEvaluated))
  return score(some.logits, some.labels)
}

/** They start from zero: a start that has seen the left-out images would leave a trace of them. */
async function otherRounds(run: Run, strength: number): Promise<readonly (readonly FittedRegression[])[]> {
  const others = run.rounds.slice(1)
  const start = startOf(run)
  const masks = others.map((round) => foldMasks(run, round))
  const tasks = masks
    .flat()
    .map((importance): RegressionTask => ({ importance, strength, towards: start, from: start }))
  if (tasks.length === 0) return []
  const fits = await regressAll(tasks, run.rows, run.products, optionsOf(run))
  let next = 0
  return masks.map((of) => fits.slice(next, (next += of.length)))
}

/** By least squares: the head on all images, alone, then those of the folds of each round. */
async function squaresOf(run: Run): Promise<readonly (readonly FittedRegression[])[]> {
  const { training, rounds, rows, products, importance } = run
  const start = startOf(run)
  const masks = [[importance], ...rounds.map((round) => foldMasks(run, round))]
  const strength = squaresStrength(training)
  const tasks = masks
    .flat()
    .map((of): RegressionTask => ({ importance: of, strength, towards: start, from: start }))
  const fits = await regressAll(tasks, rows, products, optionsOf(run, 'squares'))
  let next = 0
  return masks.map((of) => fits.slice(next, (next += of.length)))
}

function evaluated(
  run: Run,
  chosen: Attempt,
  onAll: FittedRegression,
  fits: readonly (readonly FittedRegression[])[],
): CrossValidated {
  const { training, classes, scaling, rounds } = run
  const whole = headOf(onAll.flat, scaling, classes)
  if (rounds.length === 0)
    return {
      head: whole,
      number: chosen.number,
      strength: chosen.strength,
      logits: { values: new Float32Array(training.count * classes), count: training.count, classes },
      perRound: [],
      isEvaluated: Array.from({ length: training.count }, () => false),
      headFor: () => null,
    }
  const { logits, isEvaluated } = outOfFold(run, rounds, fits)
  const some = chosenRows(logits, training.labels, placesOf(run, isEvaluated))
  const scale = some.labels.length > 0 ? 1 / fitTemperature(some.logits, some.labels) : 1
  const meanHeads = new Map<string, Head>() // by the folds of an image: few combinations occur
  return {
    head: scaledHead(whole, scale),
    number: chosen.number,
    strength: chosen.strength,
    logits: scaledLogits(logits, scale),
    perRound: rounds.map((round, r) => scaledLogits(outOfFold(run, [round], [fits[r]!]).logits, scale)),
    isEvaluated,
    headFor(image) {
      if (!isEvaluated[image]) return null
      const folds = rounds.map(({ foldOf }) => foldOf[image]!)
      const known = meanHeads.get(folds.join())
      if (known) return known
      const flats = folds.map((fold, r) => fits[r]![fold]!.flat)
      const mean = Float64Array.from(flats[0]!, (_, i) => meanOf(flats.map((flat) => flat[i]!)))
      const head = scaledHead(headOf(mean, scaling, classes), scale)
      meanHeads.set(folds.join(), head)
      return head
    },
  }
}

/** For each image the mean of what the heads answer that were trained without it, one of each round. */
function outOfFold(
  { training, classes, rows }: Run,
  rounds: readonly FoldRound[],
  fits: readonly (readonly FittedRegression[])[],
): { readonly logits: Logits; readonly isEvaluated: readonly boolean[] } {
  const values = new Float32Array(training.count * classes)
  rounds.forEach(({ foldOf, isEvaluated }, r) => {
    for (let i = 0; i < training.count; i++) {
      if (!isEvaluated[i]) continue
      const { logits } = fits[r]![foldOf[i]!]!
      for (let k = 0; k < classes; k++)
        values[i * classes + k]! += logits[k * rows.count + i]! / rounds.length
    }
  })
  return { logits: { values, count: training.count, classes }, isEvaluated: rounds[0]!.isEvaluated }
}

/** For each fold what each row counts for: nothing where its image is left out. */
function foldMasks({ training, importance }: Run, { foldOf, folds }: FoldRound): readonly Float32Array[] {
  return Array.from({ length: folds }, (_, fold) =>
    importance.map((value, row) => (foldOf[row % training.count] === fold ? 0 : value)),
  )
}

function startOf({ towards, scaling, classes, rows }: Run): Float64Array {
  const size = classes * (rows.length + 1)
  return towards ? flatOf(towards, scaling, classes).slice(0, size) : new Float64Array(size)
}

const optionsOf = (
  { settings: { steps, tolerance }, onStep }: Run,
  loss: RegressionLoss = 'cross-entropy',
) => ({
  steps,
  tolerance,
  loss,
  ...(onStep && { onStep }),
})

const placesOf = (
  { isCounted }: Pick<Run, 'isCounted'>,
  isEvaluated: readonly boolean[],
): readonly number[] => isEvaluated.flatMap((is, i) => (is && isCounted[i] ? [i] : []))
