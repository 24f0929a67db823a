/** Several regressions on the same features at a time, softmax or least squares, each with its own images and its own
 *  strength: the folds of a cross-validation. Each step of all of them is one product of matrices. Which images and
 *  which strength, cross-validation.ts says. */
import type { FeatureProducts } from './feature-products.ts'
import { minimisation, type PointValue, type MinimisationOptions, type Minimum } from './lbfgs.ts'

export type RegressionTask = {
  /** What each image counts for; 0: it is left out. */
  readonly importance: Float32Array
  /** strength / 2 × squared distance of the weights from `towards` is added to the mean loss; biases are free. */
  readonly strength: number
  /** classes × (length + 1): a row of weights and a bias for each class. */
  readonly towards: Float64Array
  readonly from: Float64Array
}

export type SharedRows = {
  readonly count: number
  readonly length: number
  readonly classes: number
  /** classes × count; each column sums to 1. */
  readonly targets: Float32Array
}

/** What is minimised: the cross-entropy of the softmax, or half of the squared distance of the logits from the
 *  targets. */
export type RegressionLoss = 'cross-entropy' | 'squares'

export type RegressionOptions = MinimisationOptions & {
  /** Absent: cross-entropy. */
  readonly loss?: RegressionLoss
  /** Called after each step of all, so that the caller can stop by throwing. */
  readonly onStep?: () => void
}

export type FittedRegression = {
  readonly flat: Float64Array
  /** classes × count, of all images, those left out too. */
  readonly logits: Float32Array
}

type SearchState = {
  readonly index: number
  readonly task: RegressionTask
  readonly search: Generator<Float64Array, Minimum, PointValue>
  point: Float64Array
}

export async function regressAll(
  tasks: readonly RegressionTask[],
  rows: SharedRows,
  products: FeatureProducts,
  { onStep, loss = 'cross-entropy', ...how }: RegressionOptions,
): Promise<readonly FittedRegression[]> {
  const ends: Float64Array[] = []
  let running = tasks.map((task, index): SearchState => {
    const search = minimisation(task.from, how)
    const first = search.next()
    return { index, task, search, point: first.done ? task.from : first.value }
  })
  while (running.length > 0) {
    const evaluations = await evaluationsOf(running, rows, { products, lossInto: LOSSES[loss] })
    onStep?.()
    running = running.filter((one, i) => {
      const next = one.search.next(evaluations[i]!)
      if (next.done) ends[one.index] = next.value.x
      else one.point = next.value
      return !next.done
    })
  }
  const logits = await logitsOf(ends, rows, products)
  return ends.map((flat, i) => ({ flat, logits: logits[i]! }))
}

/** Mean loss with its pull, and its gradient, of each. */
async function evaluationsOf(
  running: readonly SearchState[],
  rows: SharedRows,
  { products, lossInto }: { readonly products: FeatureProducts; readonly lossInto: LossRule },
): Promise<readonly PointValue[]> {
  const { count, length, classes } = rows
  const logits = await logitsOf(
    running.map(({ point }) => point),
    rows,
    products,
  )
  const errors = new Float32Array(running.length * classes * count)
  const losses = running.map(({ task }, i) => {
    const own = errors.subarray(i * classes * count, (i + 1) * classes * count)
    return lossInto(own, logits[i]!, task.importance, rows)
  })
  const gathered = await products.gather(errors, running.length * classes)
  return running.map(({ point, task }, i): PointValue => {
    const gradient = new Float64Array(point.length)
    let value = losses[i]!
    for (let k = 0; k < classes; k++) {
      const at = k * (length + 1)
      const from = (i * classes + k) * length
      for (let d = 0; d < length; d++) {
        const pulled = point[at + d]! - task.towards[at + d]!
        value += (task.strength / 2) * pulled * pulled
        gradient[at + d] = gathered[from + d]! + task.strength * pulled
      }
      const row = (i * classes + k) * count
      let sum = 0
      for (let n = 0; n < count; n++) sum += errors[row + n]!
      gradient[at + length] = sum
    }
    return { value, gradient }
  })
}

/** Writes what the gradient of the mean loss sums up for each class and image; returns the mean loss. */
type LossRule = (
  errors: Float32Array,
  logits: Float32Array,
  importance: Float32Array,
  rows: SharedRows,
) => number

/** The same for one image, of which `share` counts. */
type ImageLoss = (
  errors: Float32Array,
  logits: Float32Array,
  image: { readonly n: number; readonly share: number },
  rows: SharedRows,
) => number

const meanOf =
  (lossOfImage: ImageLoss): LossRule =>
  (errors, logits, importance, rows) => {
    const total = sumOf(importance)
    let loss = 0
    for (let n = 0; n < rows.count; n++)
      if (importance[n] !== 0) loss += lossOfImage(errors, logits, { n, share: importance[n]! / total }, rows)
    return loss
  }

/** Bishop 2006, eq. 4.108 and 4.109. */
const crossEntropy: ImageLoss = (errors, logits, { n, share }, { count, classes, targets }) => {
  let most = -Infinity
  for (let k = 0; k < classes; k++) most = Math.max(most, logits[k * count + n]!)
  let sum = 0
  for (let k = 0; k < classes; k++) {
    const power = Math.exp(logits[k * count + n]! - most)
    errors[k * count + n] = power
    sum += power
  }
  const normaliser = most + Math.log(sum)
  let loss = 0
  for (let k = 0; k < classes; k++) {
    const target = targets[k * count + n]!
    if (target !== 0) loss -= share * target * (logits[k * count + n]! - normaliser)
    errors[k * count + n] = share * (errors[k * count + n]! / sum - target)
  }
  return loss
}

/** Least squares for classification: Bishop 2006, section 4.1.3. */
const squares: ImageLoss = (errors, logits, { n, share }, { count, classes, targets }) => {
  let loss = 0
  for (let k = 0; k < classes; k++) {
    const off = logits[k * count + n]! - targets[k * count + n]!
    loss += (share / 2) * off * off
    errors[k * count + n] = share * off
  }
  return loss
}

const LOSSES: Readonly<Record<RegressionLoss, LossRule>> = {
  'cross-entropy': meanOf(crossEntropy),
  squares: meanOf(squares),
}

function sumOf(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

async function logitsOf(
  points: readonly Float64Array[],
  { count, length, classes }: SharedRows,
  { times }: FeatureProducts,
): Promise<readonly Float32Array[]> {
  const weights = new Float32Array(points.length * classes * length)
  points.forEach((point, i) => {
    for (let k = 0; k < classes; k++)
      weights.set(point.subarray(k * (length + 1), k * (length + 1) + length), (i * classes + k) * length)
  })
  const all = await times(weights, points.length * classes)
  return points.map((point, i) => {
    const logits = all.slice(i * classes * count, (i + 1) * classes * count)
    for (let k = 0; k < classes; k++) {
      const bias = point[k * (length + 1) + length]!
      for (let n = 0; n < count; n++) logits[k * count + n]! += bias
    }
    return logits
  })
}
