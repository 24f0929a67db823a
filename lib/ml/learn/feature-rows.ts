/** The rows and columns of a cross-validation: features and targets of all views of all images, and logits of some of
 *  them. Arithmetic alone; nothing is trained here. */
import type { Logits } from '#lib/domain/evaluation/calibration.ts'
import { classWeights } from './class-weights.ts'
import type { FeatureSet, HeadSettings } from './head.ts'
import type { SharedRows } from './parallel-regression.ts'
import { standardised, type FeatureScale, type Head } from './softmax-regression.ts'

/** Rows of logits from columns. */
export function rowsOf(
  columns: Float32Array,
  { count: stride, classes }: Pick<SharedRows, 'count' | 'classes'>,
  count: number,
): Logits {
  const values = new Float32Array(count * classes)
  for (let i = 0; i < count; i++)
    for (let k = 0; k < classes; k++) values[i * classes + k] = columns[k * stride + i]!
  return { values, count, classes }
}

/** The rows of some images. */
export function chosenRows(
  { values, classes }: Logits,
  labels: Int32Array,
  places: readonly number[],
): { readonly logits: Logits; readonly labels: Int32Array } {
  const chosen = new Float32Array(places.length * classes)
  places.forEach((i, at) => chosen.set(values.subarray(i * classes, (i + 1) * classes), at * classes))
  return {
    logits: { values: chosen, count: places.length, classes },
    labels: Int32Array.from(places, (i) => labels[i]!),
  }
}

export const scaledLogits = (logits: Logits, by: number): Logits => ({
  ...logits,
  values: logits.values.map((value) => value * by),
})

export const scaledHead = ({ kernel, bias }: Head, by: number): Head => ({
  kernel: kernel.map((value) => value * by),
  bias: bias.map((value) => value * by),
})

/** Images as they are first, then the other views of them in the same order. */
export function standardisedViews({ views, count, length }: FeatureSet, scaling: FeatureScale): Float32Array {
  const all = new Float32Array(views.length * count * length)
  views.forEach((view, v) => all.set(standardised(view, scaling), v * count * length))
  return all
}

export function sharedRows(
  { count, length, views, labels, targets }: FeatureSet,
  classes: number,
): SharedRows {
  const rows = count * views.length
  const columns = new Float32Array(classes * rows)
  for (let row = 0; row < rows; row++) {
    const i = row % count
    if (targets) for (let k = 0; k < classes; k++) columns[k * rows + row] = targets[i * classes + k]!
    else columns[labels[i]! * rows + row] = 1
  }
  return { count: rows, length, classes, targets: columns }
}

/** Rare classes count more. */
export function importanceOf(
  { count, views, labels }: FeatureSet,
  classes: number,
  { classBalance }: HeadSettings,
): Float32Array {
  const perClass = classBalance === null ? null : classWeights(labels, classes, classBalance)
  return Float32Array.from({ length: count * views.length }, (_, row) =>
    perClass ? perClass[labels[row % count]!]! : 1,
  )
}
