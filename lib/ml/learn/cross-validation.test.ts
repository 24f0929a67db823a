import { expect, test } from 'vitest'
import { foldRound } from '#lib/domain/evaluation/folds.ts'
import { firstOfGroups } from '#lib/domain/grouping/groups.ts'
import { answerOf } from '../evaluate/evaluate.ts'
import { createRandom, normal } from '../random.ts'
import { head as recipe } from '../recipes/head.ts'
import { crossValidate, type CrossValidated, type CrossValidationProblem } from './cross-validation.ts'
import { plainProducts } from './feature-products.ts'
import type { FeatureSet } from './head.ts'
import { regressAll } from './parallel-regression.ts'
import { regressed, scalingOf, standardised } from './softmax-regression.ts'
import { clouds } from './synthetic-features.ts'

const CLASSES = 3

test('copies with random labels are answered by chance in groups, and look perfect without', async () => {
  const training = copied({ originals: 24, copies: 5 })
  const grouped = await validated(training, (i) => i % 24)
  const alone = await validated(training, (i) => i)

  expect(accuracyOf(grouped, training)).toBeLessThan(0.6)
  expect(accuracyOf(alone, training)).toBeGreaterThan(0.95)
})

test('classes that lie apart are separated out of fold, and by the head on all images too', async () => {
  const training = clouds({ count: 60, length: 300, classes: CLASSES, seed: 5, views: 2 })

  const result = await validated(training, (i) => i)

  expect(accuracyOf(result, training)).toBeGreaterThan(0.95)
  expect(result.isEvaluated.every(Boolean)).toBe(true)
  expect(result.perRound).toHaveLength(2)
  for (let i = 0; i < 10; i++) expect(largest(result.head, training, i)).toBe(training.labels[i])
})

test('the head that answers for an image gives its out-of-fold logits', async () => {
  const training = clouds({ count: 45, length: 6, classes: CLASSES, seed: 6, views: 1 })

  const result = await validated(training, (i) => i)

  for (const i of [0, 7, 44]) {
    const head = result.headFor(i)!
    for (let k = 0; k < CLASSES; k++) {
      let logit = head.bias[k]!
      for (let d = 0; d < 6; d++) logit += head.kernel[d * CLASSES + k]! * training.views[0]![i * 6 + d]!
      expect(result.logits.values[i * CLASSES + k]).toBeCloseTo(logit, 2)
    }
  }
})

test('a class with few images is not given up for the large one', async () => {
  const all = clouds({ count: 240, length: 20, classes: 3, seed: 9 })
  const places = [...all.labels.keys()].filter((i) => all.labels[i] === 0 || (all.labels[i] === 1 && i < 24))
  const training: FeatureSet = {
    ...all,
    count: places.length,
    views: [Float32Array.from(places.flatMap((i) => [...all.views[0]!.subarray(i * 20, (i + 1) * 20)]))],
    labels: Int32Array.from(places, (i) => all.labels[i]!),
  }

  const { logits } = await validated(training, (i) => i)

  const rare = [...training.labels.keys()].filter((i) => training.labels[i] === 1)
  expect(rare).toHaveLength(8)
  expect(rare.filter((i) => answerOf(logits, i) === 1).length).toBeGreaterThan(4)
})

test('without folds there is a head and nothing is evaluated', async () => {
  const training = clouds({ count: 30, length: 60, classes: CLASSES, seed: 7, views: 1 })

  const result = await end(problemOf(training, { rounds: [] }))

  expect(result.isEvaluated.some(Boolean)).toBe(false)
  expect(result.headFor(0)).toBeNull()
  expect(largest(result.head, training, 3)).toBe(training.labels[3])
})

test('least squares end at the solution of the normal equations', async () => {
  // centred, uncorrelated features of variance 1: each weight is their covariance with the target ÷ (1 + strength)
  const features = Float32Array.of(1, 1, 1, -1, -1, 1, -1, -1)
  const targets = Float32Array.of(1, 1, 0, 1)
  const start = new Float64Array(3)

  const [fit] = await regressAll(
    [{ importance: new Float32Array(4).fill(1), strength: 0.25, towards: start, from: start }],
    { count: 4, length: 2, classes: 1, targets },
    await plainProducts({ features, count: 4, length: 2 }),
    { steps: 200, tolerance: 1e-12, loss: 'squares' },
  )

  // the covariances are (1 + 1 − 0 − 1) / 4 and (1 − 1 + 0 − 1) / 4, the bias is the mean of the targets
  ;[0.25 / 1.25, -0.25 / 1.25, 0.75].forEach((value, i) => expect(fit!.flat[i]).toBeCloseTo(value, 4))
})

test('several regressions at a time end where each alone ends', async () => {
  const set = clouds({ count: 40, length: 5, classes: 4, seed: 8, views: 1 })
  const features = standardised(set.views[0]!, scalingOf({ ...set, features: set.views[0]! }))
  const targets = new Float32Array(4 * 40)
  const byRow = new Float32Array(40 * 4)
  set.labels.forEach((label, i) => {
    targets[label * 40 + i] = 1
    byRow[i * 4 + label] = 1
  })
  const importance = Float32Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? 0 : 1))
  const start = new Float64Array(4 * 6)
  const how = { steps: 100, tolerance: 1e-9 }

  const [half, whole] = await regressAll(
    [importance, new Float32Array(40).fill(1)].map((of) => ({
      importance: of,
      strength: 0.1,
      towards: start,
      from: start,
    })),
    { count: 40, length: 5, classes: 4, targets },
    await plainProducts({ features, count: 40, length: 5 }),
    how,
  )
  const alone = (of: Float32Array) =>
    regressed(
      {
        rows: { count: 40, length: 5, classes: 4, features, targets: byRow, importance: of },
        strength: 0.1,
        towards: start,
      },
      start,
      how,
    ).x

  alone(importance).forEach((value, i) => expect(half!.flat[i]).toBeCloseTo(value, 3))
  alone(new Float32Array(40).fill(1)).forEach((value, i) => expect(whole!.flat[i]).toBeCloseTo(value, 3))
})

function problemOf(training: FeatureSet, parts: Partial<CrossValidationProblem>): CrossValidationProblem {
  return {
    training,
    rounds: [],
    isCounted: Array.from({ length: training.count }, () => true),
    classes: CLASSES,
    settings: recipe.settings,
    towards: null,
    makeProducts: plainProducts,
    ...parts,
  }
}

function validated(training: FeatureSet, groupOf: (image: number) => number): Promise<CrossValidated> {
  const groups = Array.from({ length: training.count }, (_, i) => groupOf(i))
  const random = createRandom(3)
  const rounds = [1, 2].map(() => foldRound({ labels: training.labels, classes: CLASSES, groups }, random))
  return end(problemOf(training, { rounds, isCounted: firstOfGroups(groups) }))
}

async function end(problem: CrossValidationProblem): Promise<CrossValidated> {
  const tries = crossValidate(problem)
  for (;;) {
    const next = await tries.next()
    if (next.done) return next.value
  }
}

/** Noise with labels by chance, each row several times with a little noise added. */
function copied({ originals, copies }: { readonly originals: number; readonly copies: number }): FeatureSet {
  const random = createRandom(11)
  const length = 40
  const rows = Array.from({ length: originals }, () => Array.from({ length }, () => normal(random)))
  const count = originals * copies
  return {
    count,
    length,
    views: [
      Float32Array.from(
        { length: count * length },
        (_, at) => rows[Math.floor(at / length) % originals]![at % length]! + 0.02 * normal(random),
      ),
    ],
    labels: Int32Array.from({ length: count }, (_, i) => (i % originals) % CLASSES),
    targets: null,
  }
}

const accuracyOf = ({ logits }: CrossValidated, { labels, count }: FeatureSet): number =>
  [...labels].filter((label, i) => answerOf(logits, i) === label).length / count

function largest(head: CrossValidated['head'], { views, length }: FeatureSet, i: number): number {
  const values = [...head.bias].map((bias, k) => {
    let sum = bias
    for (let d = 0; d < length; d++) sum += head.kernel[d * CLASSES + k]! * views[0]![i * length + d]!
    return sum
  })
  return values.indexOf(Math.max(...values))
}
