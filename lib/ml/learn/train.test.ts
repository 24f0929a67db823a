import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Learner, LearnerState } from './learner.ts'
import { linearLearner } from './learner.fakes.ts'
import { createRandom } from '../random.ts'
import { scratchSmall } from '../recipes/scratch-small.ts'
import type { GradientSettings } from '../recipes/recipe.ts'
import { subsetOf, type SampleSet } from './sample-set.ts'
import { START, LossNotFinite, train, type Position, type TrainingEvent, type TrainingPlan } from './train.ts'

const spec: Preprocess = {
  size: 8,
  channels: 1,
  fit: 'stretch',
  background: [0, 0, 0],
  resize: 'lanczos3',
  mean: [0.5],
  std: [0.5],
}
const INPUTS = 64
const settings: GradientSettings = {
  ...scratchSmall.settings,
  epochs: 4,
  batch: 16,
  rate: { peak: 0.2, warmUpEpochs: 1, end: 0.01 },
  augment: { shift: 1, brightness: 0.1 },
  averageDecay: 0.9,
  patience: 10,
}
const plan: TrainingPlan = { settings, spec, classes: 3, isMirrorable: false, batch: 16, seed: 5 }

/** Bright upper, middle or lower thirds under noise: three classes that a linear network can distinguish. */
function stripes(count: number, seed: number): SampleSet {
  const random = createRandom(seed)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const squares = Array.from(labels, (label) =>
    Uint8Array.from({ length: INPUTS }, (_, p) => (Math.floor(p / 22) === label ? 150 : 90) + random() * 60),
  )
  const hashes = squares.map((square) => createHash('sha256').update(square).digest('hex'))
  return {
    count,
    hashes,
    labels,
    targets: null,
    read: (index, out, offset) => out.set(squares[index]!, offset),
  }
}
const training = stripes(100, 1)
const choosing = stripes(45, 2)

let seconds = 0
const clock = () => (seconds += 0.01)
const begin = (
  learner: Learner,
  change: {
    plan?: TrainingPlan
    training?: SampleSet
    choosing?: SampleSet
    from?: Position
    signal?: AbortSignal
  } = {},
) =>
  train({
    learner,
    training,
    choosing,
    plan,
    from: START,
    clock,
    signal: new AbortController().signal,
    ...change,
  })

async function all(events: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> {
  const collected: TrainingEvent[] = []
  for await (const event of events) collected.push(event)
  return collected
}
const losses = (events: readonly TrainingEvent[]) =>
  events.flatMap((e) => (e.kind === 'step' ? [e.loss] : []))
const points = (events: readonly TrainingEvent[]) =>
  events.flatMap((e) => (e.kind === 'epoch' ? [e.point] : []))

test('after four epochs nearly all validation images are correct', async () => {
  const events = await all(begin(linearLearner(INPUTS, 3)))

  expect(points(events)).toHaveLength(4)
  expect(points(events).at(-1)!.val_accuracy).toBeGreaterThan(0.9)
  expect(losses(events).at(-1)!).toBeLessThan(losses(events)[0]!)
})

test('the same seed gives the same losses, another seed others', async () => {
  const first = losses(await all(begin(linearLearner(INPUTS, 3))))

  expect(losses(await all(begin(linearLearner(INPUTS, 3))))).toEqual(first)
  expect(losses(await all(begin(linearLearner(INPUTS, 3), { plan: { ...plan, seed: 6 } })))).not.toEqual(
    first,
  )
})

test.each([3, 6, 9, 17])(
  'stopped after %i steps and gone on with, it ends as if it had never stopped',
  async (stopAfter) => {
    const whole = linearLearner(INPUTS, 3)
    const uninterrupted = losses(await all(begin(whole)))

    const first = linearLearner(INPUTS, 3)
    const lossesSeen: number[] = []
    let stored: { position: Position; state: LearnerState } | undefined
    for await (const event of begin(first)) {
      if (event.kind === 'step') lossesSeen.push(event.loss)
      stored = { position: JSON.parse(JSON.stringify(event.position)), state: await first.state() }
      if (lossesSeen.length === stopAfter) break
    }
    const second = linearLearner(INPUTS, 3)
    await second.restore(stored!.state)
    lossesSeen.push(...losses(await all(begin(second, { from: stored!.position }))))

    expect(lossesSeen).toEqual(uninterrupted)
    expect(await second.weights()).toEqual(await whole.weights())
  },
)

test('the final weights are those of the best epoch', async () => {
  const learner = linearLearner(INPUTS, 3)
  const events = await all(
    begin(learner, {
      plan: { ...plan, settings: { ...settings, epochs: 6, rate: { peak: 3, warmUpEpochs: 0, end: 3 } } },
    }),
  )

  const best = Math.max(...points(events).map((p) => p.val_accuracy))
  const { logits } = await learner.predict(
    Float32Array.from({ length: choosing.count * INPUTS }, (_, i) => {
      const square = new Uint8Array(INPUTS)
      choosing.read(Math.floor(i / INPUTS), square, 0)
      return square[i % INPUTS]! / 127.5 - 1
    }),
    choosing.count,
  )
  const right = choosing.labels.filter(
    (label, i) =>
      logits.subarray(i * 3, i * 3 + 3).indexOf(Math.max(...logits.subarray(i * 3, i * 3 + 3))) === label,
  ).length
  expect(right / choosing.count).toBeCloseTo(best, 9)
})

test('training stops early after as many epochs without improvement as its patience', async () => {
  const frozen = { ...settings, epochs: 50, patience: 3, rate: { peak: 0, warmUpEpochs: 0, end: 0 } }

  const events = await all(begin(linearLearner(INPUTS, 3), { plan: { ...plan, settings: frozen } }))

  expect(points(events)).toHaveLength(4)
})

test('a loss that is not a number stops training with an error that names the step and the images', async () => {
  const learner = linearLearner(INPUTS, 3)
  const learn = learner.learn.bind(learner)
  let steps = 0
  learner.learn = async (batch, rate) =>
    ++steps === 8 ? learn({ ...batch, pixels: batch.pixels.fill(NaN) }, rate) : learn(batch, rate)

  const failure = await all(begin(learner)).catch((error: unknown) => error)

  expect(failure).toBeInstanceOf(LossNotFinite)
  expect(failure).toMatchObject({ step: 8, code: 'invalid_input' })
  expect((failure as LossNotFinite).sampleIds).toHaveLength(16)
  expect(training.hashes).toEqual(expect.arrayContaining([...(failure as LossNotFinite).sampleIds]))
})

test('an abort is honoured within one batch', async () => {
  const learner = linearLearner(INPUTS, 3)
  const stop = new AbortController()

  const run = async () => {
    for await (const event of begin(learner, { signal: stop.signal }))
      if (event.kind === 'step' && event.step === 2) stop.abort()
  }

  await expect(run()).rejects.toThrow(/abort/i)
  expect(learner.batches).toHaveLength(2)
})

test('every step has the same number of images, and an epoch shows none twice', async () => {
  const indices: number[] = []
  const watched: SampleSet = {
    ...training,
    read: (index, out, offset) => {
      indices.push(index)
      training.read(index, out, offset)
    },
  }
  const learner = linearLearner(INPUTS, 3)

  await all(begin(learner, { training: watched, plan: { ...plan, settings: { ...settings, epochs: 1 } } }))

  expect(learner.batches).toEqual([16, 16, 16, 16, 16, 16])
  expect(new Set(indices).size).toBe(96)
})

test('batches are made in the same two buffers, however many there are', async () => {
  const buffers = new Set<ArrayBufferLike>()
  const learner = linearLearner(INPUTS, 3)
  const learn = learner.learn.bind(learner)
  learner.learn = async (batch, rate) => {
    buffers.add(batch.pixels.buffer).add(batch.targets.buffer)
    return learn(batch, rate)
  }

  await all(begin(learner))

  expect(buffers.size).toBe(2)
})

test("a teacher's predictions replace the labels as targets", async () => {
  const teacher = Float32Array.from({ length: training.count * 3 }, (_, i) => (i % 3 === 2 ? 1 : 0))
  const learner = linearLearner(INPUTS, 3)

  await all(begin(learner, { training: { ...training, targets: teacher } }))

  const square = new Float32Array(INPUTS).fill(0.2)
  const { logits } = await learner.predict(square, 1)
  expect(logits.indexOf(Math.max(...logits))).toBe(2)
})

test('without validation the last epoch is taken', async () => {
  const events = await all(begin(linearLearner(INPUTS, 3), { choosing: subsetOf(choosing, [], 3) }))

  expect(points(events).every((p) => p.is_best)).toBe(true)
})
