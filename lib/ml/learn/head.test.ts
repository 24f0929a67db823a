import { expect, test } from 'vitest'
import { learnHead, type FeatureSet, type HeadProblem, type HeadTry } from './head.ts'
import { createRandom, normal } from '../random.ts'
import { head as recipe } from '../recipes/head.ts'
import type { Head } from './softmax-regression.ts'

const [LENGTH, CLASSES] = [8, 3]
const { settings } = recipe

/** `each` images of every class, whose features are scattered around one centre per class. */
function clouds({
  each,
  spread,
  seed,
  classes = CLASSES,
}: {
  each: number
  spread: number
  seed: number
  classes?: number
}): FeatureSet {
  const random = createRandom(seed)
  const count = each * classes
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes)
  const view = Float32Array.from(
    { length: count * LENGTH },
    (_, at) => (at % LENGTH === labels[Math.floor(at / LENGTH)] ? 3 : 0) + spread * normal(random),
  )
  return { count, length: LENGTH, views: [view], labels, targets: null }
}

const none: FeatureSet = {
  count: 0,
  length: LENGTH,
  views: [new Float32Array(0)],
  labels: new Int32Array(0),
  targets: null,
}

function trainHead(problem: Partial<HeadProblem> & Pick<HeadProblem, 'training'>): {
  head: Head
  tries: HeadTry[]
} {
  const course = learnHead({ choosing: none, classes: CLASSES, settings, towards: null, seed: 1, ...problem })
  const tries: HeadTry[] = []
  for (;;) {
    const next = course.next()
    if (next.done) return { head: next.value, tries }
    tries.push(next.value)
  }
}

function accuracyOf({ kernel, bias }: Head, { count, views, labels }: FeatureSet, classes = CLASSES): number {
  let correct = 0
  for (let i = 0; i < count; i++) {
    const logits = Array.from(
      bias,
      (b, k) =>
        b +
        Array.from(
          { length: LENGTH },
          (_, d) => views[0]![i * LENGTH + d]! * kernel[d * classes + k]!,
        ).reduce((a, c) => a + c),
    )
    if (logits.indexOf(Math.max(...logits)) === labels[i]) correct++
  }
  return correct / count
}

test('ten images of each class are enough when their features are well separated', () => {
  const { head } = trainHead({ training: clouds({ each: 10, spread: 0.6, seed: 1 }) })

  expect(accuracyOf(head, clouds({ each: 200, spread: 0.6, seed: 2 }))).toBeGreaterThan(0.97)
})

test('the strength is chosen by images that were not trained on, and the best try is returned', () => {
  const { tries } = trainHead({
    training: clouds({ each: 10, spread: 2.5, seed: 3 }),
    choosing: clouds({ each: 100, spread: 2.5, seed: 4 }),
  })

  const best = tries.findLast((one) => one.isBest)!
  expect(best.heldOut.loss).toBe(Math.min(...tries.map((one) => one.heldOut.loss)))
  expect(best.heldOut.images).toBe(300)
  expect(best.number).toBeLessThan(tries.at(-1)!.number) // the weakest regularisation fits noise and is not chosen
  expect(tries.map(({ strength }) => strength)).toEqual(
    tries.map((_, i) => settings.strongest / settings.fall ** i),
  )
})

test('with few images to choose by, the training images choose too, by cross-validation', () => {
  const training = clouds({ each: 12, spread: 1, seed: 5 })

  const { tries } = trainHead({ training, choosing: clouds({ each: 3, spread: 1, seed: 6 }) })

  expect(tries[0]!.heldOut.images).toBe(36 + 9)
})

test('the same seed gives the same head', () => {
  const training = clouds({ each: 10, spread: 1.5, seed: 7 })

  expect(trainHead({ training }).head).toEqual(trainHead({ training }).head)
})

test('an existing head is retained as long as the few new images do not contradict it', () => {
  const existing = trainHead({ training: clouds({ each: 300, spread: 1.5, seed: 8 }) }).head
  const few = clouds({ each: 2, spread: 1.5, seed: 9 })
  const others = clouds({ each: 300, spread: 1.5, seed: 10 })

  const regularised = trainHead({ training: few, towards: existing }).head
  const fromScratch = trainHead({ training: few }).head

  expect(accuracyOf(regularised, others)).toBeGreaterThan(accuracyOf(existing, others) - 0.02)
  expect(accuracyOf(regularised, others)).toBeGreaterThan(accuracyOf(fromScratch, others))
})

test('a class that the existing head does not have is trained in addition to the others', () => {
  const existing = trainHead({ training: clouds({ each: 50, spread: 0.6, seed: 11 }) }).head
  const grown: Head = {
    // a column of zeros for the fourth class
    kernel: Float32Array.from({ length: LENGTH * 4 }, (_, at) =>
      at % 4 < CLASSES ? existing.kernel[Math.floor(at / 4) * CLASSES + (at % 4)]! : 0,
    ),
    bias: Float32Array.from([...existing.bias, 0]),
  }

  const { head } = trainHead({
    training: clouds({ each: 20, spread: 0.6, seed: 12, classes: 4 }),
    classes: 4,
    towards: grown,
  })

  expect(accuracyOf(head, clouds({ each: 100, spread: 0.6, seed: 13, classes: 4 }), 4)).toBeGreaterThan(0.95)
})

test("a teacher's predictions replace the labels when they are given", () => {
  const training = clouds({ each: 30, spread: 0.6, seed: 14 })
  const swapped = Float32Array.from({ length: training.count * CLASSES }, (_, at) =>
    at % CLASSES === (training.labels[Math.floor(at / CLASSES)]! + 1) % CLASSES ? 1 : 0,
  )

  const { head } = trainHead({ training: { ...training, targets: swapped } })

  expect(accuracyOf(head, training)).toBeLessThan(0.05)
})
