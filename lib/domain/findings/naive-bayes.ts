/** A classifier of few numbers that needs no training in steps: Gaussian naive Bayes (Hastie, Tibshirani & Friedman,
 *  "The Elements of Statistical Learning", 6.6.3), cross-validated. */

export type LabelledRow = {
  readonly values: readonly number[]
  /** Index of its class. */
  readonly label: number
  /** Rows of a group are never on both sides of a fold. */
  readonly group: string
}

const FOLDS = 5
/** Of the variance over all classes: a value that is constant in one class does not decide alone. */
const LEAST_VARIANCE = 1e-3

/** For each row the class that the other folds suggest; classes are equally likely beforehand.
 *  @param rows not empty, with equally many values */
export function crossValidated(rows: readonly LabelledRow[], classes: number): number[] {
  const groups = new Map<string, number>()
  const folds = rows.map(({ group }) => {
    if (!groups.has(group)) groups.set(group, groups.size % FOLDS)
    return groups.get(group)!
  })
  const predicted = new Array<number>(rows.length).fill(-1)
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = rows.filter((_, i) => folds[i] !== fold)
    if (others.length === 0) continue
    const scale = spread(others)
    const models = Array.from({ length: classes }, (_, label) => {
      const own = others.filter((row) => row.label === label)
      return own.length === 0 ? null : spread(own)
    })
    for (const [i, { values }] of rows.entries())
      if (folds[i] === fold)
        predicted[i] = likeliest(
          models.map((model) => (model ? logLikelihood(values, model, scale.variances) : -Infinity)),
        )
  }
  return predicted
}

type Spread = { readonly means: readonly number[]; readonly variances: readonly number[] }

function spread(rows: readonly LabelledRow[]): Spread {
  const means = rows[0]!.values.map(
    (_, at) => rows.reduce((sum, { values }) => sum + values[at]!, 0) / rows.length,
  )
  const variances = means.map(
    (mean, at) => rows.reduce((sum, { values }) => sum + (values[at]! - mean) ** 2, 0) / rows.length,
  )
  return { means, variances }
}

function logLikelihood(values: readonly number[], model: Spread, overall: readonly number[]): number {
  let sum = 0
  for (const [at, value] of values.entries()) {
    const least = LEAST_VARIANCE * overall[at]!
    if (least === 0) continue // constant everywhere
    const variance = model.variances[at]! + least
    sum -= ((value - model.means[at]!) ** 2 / variance + Math.log(variance)) / 2
  }
  return sum
}

const likeliest = (scores: readonly number[]): number =>
  scores.reduce((best, score, i) => (score > scores[best]! ? i : best), 0)
