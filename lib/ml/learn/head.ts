/** Trains only the last layer, on features that a network has already computed. The regularisation is
 *  tried from strong to weak, and judged on images that were not trained on. It reads no image and needs
 *  no engine. */
import { fitTemperature, negativeLogLikelihood, type Logits } from '#lib/domain/evaluation/calibration.ts'
import { classWeights } from './class-weights.ts'
import { score, type Score } from '../evaluate/evaluate.ts'
import { createRandom, mixSeeds } from '../random.ts'
import {
  flatLength,
  flatOf,
  headOf,
  regressed,
  regressionLogits,
  scalingOf,
  standardised,
  type Head,
  type Rows,
  type FeatureScale,
} from './softmax-regression.ts'

/** The settings of the recipe `head`. */
export type HeadSettings = {
  /** The maximum number of strengths to try; called epochs because users count in epochs. */
  readonly epochs: number
  /** Of the regularisation; each try is `fall` times weaker than the one before. */
  readonly strongest: number
  readonly fall: number
  /** Tries without improvement after which it stops. */
  readonly patience: number
  /** L-BFGS steps of a try, and the share by which a step must still lower the loss. */
  readonly steps: number
  readonly tolerance: number
  /** With fewer images to choose by, the training images choose too, by cross-validation. */
  readonly fewestToChooseBy: number
  readonly parts: number
  /** A mirrored image counts as a second one, when mirroring leaves its class as it is. */
  readonly mirrored: boolean
  /** Rare classes have more weight, by the effective number of their images; null: each image has the same. */
  readonly classBalance: number | null
}

/** Features of images with their targets. */
export type FeatureSet = {
  readonly count: number
  readonly length: number
  /** count × length each: the images as they are, then other views of them in the same order. */
  readonly views: readonly Float32Array[]
  readonly labels: Int32Array
  /** count × classes probabilities; null: the labels are the targets. */
  readonly targets: Float32Array | null
}

export type HeadProblem = {
  readonly training: FeatureSet
  /** Images that are not trained on. */
  readonly choosing: FeatureSet
  readonly classes: number
  readonly settings: HeadSettings
  /** A good head: the weights are regularised towards it, not towards zero. */
  readonly towards: Head | null
  readonly seed: number
}

export type HeadTry = {
  readonly number: number
  readonly strength: number
  /** On the images that it trained on. */
  readonly training: Score
  /** On the images that it was not trained on, with its logits scaled to fit them best: a strongly regularised head
   *  is correct long before it is confident. */
  readonly heldOut: Score
  readonly isBest: boolean
}

/** Yields each try; returns the best head. */
export function* learnHead({
  training,
  choosing,
  classes,
  settings,
  towards,
  seed,
}: HeadProblem): Generator<HeadTry, Head> {
  const isCrossed = choosing.count < settings.fewestToChooseBy
  const whole = fitting(training, everyone(training.count), { classes, settings, towards })
  const parts = isCrossed
    ? partsOf(training, Math.min(settings.parts, training.count), { classes, seed })
    : []
  const crossed = parts.map((left) => ({
    left,
    fit: fitting(training, without(training.count, left), { classes, settings, towards }),
  }))
  let best: { readonly head: Head; readonly number: number; readonly loss: number } | null = null
  for (let number = 1; number <= settings.epochs; number++) {
    const strength = settings.strongest / settings.fall ** (number - 1)
    whole.fit(strength)
    for (const { fit } of crossed) fit.fit(strength)
    const judged = [
      ...(choosing.count > 0 ? [whole.answer(choosing, everyone(choosing.count))] : []),
      ...crossed.map(({ left, fit }) => fit.answer(training, left)),
    ]
    const fitted = whole.answer(training, everyone(training.count))
    const judgedRows = together(judged.length > 0 ? judged : [fitted])
    const temperature = fitTemperature(judgedRows.logits, judgedRows.labels)
    const heldOut: Score = {
      ...score(judgedRows.logits, judgedRows.labels),
      loss: negativeLogLikelihood(judgedRows.logits, judgedRows.labels, temperature),
    }
    const isBest: boolean = best === null || heldOut.loss < best.loss
    if (isBest) best = { head: scaled(whole.head(), 1 / temperature), number, loss: heldOut.loss }
    yield { number, strength, training: score(fitted.logits, fitted.labels), heldOut, isBest }
    if (best && number - best.number >= settings.patience) break
  }
  if (!best) throw new Error(`the head cannot be trained in ${settings.epochs} attempts`)
  return best.head
}

/** Fits one head with decreasing strength; each fit starts where the previous one ended. */
function fitting(
  from: FeatureSet,
  indices: readonly number[],
  { classes, settings, towards }: Pick<HeadProblem, 'classes' | 'settings' | 'towards'>,
) {
  const plain = rowsOf(from, indices, { classes, balance: settings.classBalance })
  const scaling = scalingOf(plain)
  const rows: Rows = { ...plain, features: standardised(plain.features, scaling) }
  const pulledTo = towards
    ? flatOf(towards, scaling, classes)
    : new Float64Array(flatLength(from.length, classes))
  let flat = pulledTo
  return {
    fit(strength: number): void {
      flat = regressed({ rows, strength, towards: pulledTo }, flat, settings).x
    },
    head: (): Head => headOf(flat, scaling, classes),
    answer: (embedded: FeatureSet, which: readonly number[]): HeadOutput =>
      answer(embedded, which, { classes, scaling, flat }),
  }
}

type HeadOutput = { readonly logits: Logits; readonly labels: Int32Array }

function answer(
  { length, views, labels }: FeatureSet,
  which: readonly number[],
  { classes, scaling, flat }: { classes: number; scaling: FeatureScale; flat: Float64Array },
): HeadOutput {
  const features = standardised(picked(views[0]!, which, length), scaling)
  const values = regressionLogits(flat, { count: which.length, length, classes, features })
  return {
    logits: { values, count: which.length, classes },
    labels: Int32Array.from(which, (i) => labels[i]!),
  }
}

function together(answers: readonly HeadOutput[]): HeadOutput {
  const values = Float32Array.from(answers.flatMap(({ logits }) => [...logits.values]))
  const labels = Int32Array.from(answers.flatMap((one) => [...one.labels]))
  return { logits: { values, count: labels.length, classes: answers[0]!.logits.classes }, labels }
}

const scaled = ({ kernel, bias }: Head, by: number): Head => ({
  kernel: kernel.map((value) => value * by),
  bias: bias.map((value) => value * by),
})

function rowsOf(
  { length, views, labels, targets }: FeatureSet,
  indices: readonly number[],
  { classes, balance }: { classes: number; balance: number | null },
): Rows {
  const perClass =
    balance === null
      ? null
      : classWeights(
          Int32Array.from(indices, (i) => labels[i]!),
          classes,
          balance,
        )
  const count = indices.length * views.length
  const rows = {
    count,
    length,
    classes,
    features: new Float32Array(count * length),
    targets: new Float32Array(count * classes),
    importance: new Float32Array(count).fill(1),
  }
  views.forEach((view, v) => {
    rows.features.set(picked(view, indices, length), v * indices.length * length)
    indices.forEach((i, at) => {
      const row = v * indices.length + at
      const target = rows.targets.subarray(row * classes, (row + 1) * classes)
      if (targets) target.set(targets.subarray(i * classes, (i + 1) * classes))
      else target[labels[i]!] = 1
      if (perClass) rows.importance[row] = perClass[labels[i]!]!
    })
  })
  return rows
}

function picked(rows: Float32Array, which: readonly number[], length: number): Float32Array {
  const out = new Float32Array(which.length * length)
  which.forEach((i, at) => out.set(rows.subarray(i * length, (i + 1) * length), at * length))
  return out
}

/** Parts of about equal size, with each class distributed evenly. */
function partsOf(
  { count, labels }: FeatureSet,
  parts: number,
  { classes, seed }: { classes: number; seed: number },
): readonly (readonly number[])[] {
  if (parts < 2) return []
  const random = createRandom(mixSeeds(seed, 0x9a275))
  const shuffled = everyone(count)
    .map((i) => ({ i, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ i }) => i)
  const byClass = Array.from({ length: classes }, (_, k) => shuffled.filter((i) => labels[i] === k)).flat()
  return Array.from({ length: parts }, (_, part) => byClass.filter((_one, at) => at % parts === part))
}

function without(count: number, left: readonly number[]): readonly number[] {
  const out = new Set(left)
  return everyone(count).filter((i) => !out.has(i))
}

const everyone = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
