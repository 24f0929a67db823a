/** What training by gradient steps costs: the learner, a step, evaluating an image, a checkpoint. */
import { join } from 'node:path'
import type { SteppedFigures } from '#lib/contracts/probe.ts'
import { batchMaker, subsetOf, plainBatches } from '#lib/ml/learn/sample-set.ts'
import { START } from '#lib/ml/learn/train.ts'
import { augmentationFor, type GradientSettings } from '#lib/ml/recipes/recipe.ts'
import { writeCheckpoint } from '../run/checkpoint.ts'
import { learnerSpec } from '../run/learn/learner-spec.ts'
import { added, per, stopwatch } from './cost.ts'
import type { ProbeRun } from './ports.ts'

const STEPS = { fewest: 3, most: 200, seconds: 1.5 }

export async function probeSteps(
  { plan, few, images, ports, scratch, network, weights }: ProbeRun,
  settings: GradientSettings,
): Promise<SteppedFigures> {
  const timed = stopwatch(ports)
  const spec = learnerSpec({ plan, settings, network, weights }, { images, engine: ports.engine.name })
  const { batch } = spec
  const maker = batchMaker(few, {
    spec: plan.spec,
    classes: plan.classes.length,
    batch,
    augment: augmentationFor(settings.augment, plan.classifier.isMirrorable),
    smoothing: settings.labelSmoothing,
    seed: plan.seed,
  })
  const indices = Int32Array.from({ length: batch }, (_, i) => i % few.count)
  const created = await timed(() => ports.engine.learner(spec))
  await using learner = created.value
  const trainStep = async (epoch: number): Promise<void> => {
    await learner.learn(maker.of(indices, epoch), settings.rate.end)
    learner.average(settings.averageDecay)
  }
  const first = await timed(() => trainStep(1))
  let steps = 0
  const many = await timed(async () => {
    const until = ports.clock() + STEPS.seconds
    for (; steps < STEPS.fewest || (steps < STEPS.most && ports.clock() < until); steps++) {
      ports.signal.throwIfAborted()
      await trainStep(2 + steps)
    }
  })
  const batchSet = subsetOf(few, Array.from(indices), plan.classes.length)
  const predict = async (): Promise<void> => {
    for (const { pixels, count } of plainBatches(batchSet, plan.spec, batch))
      await learner.predict(pixels, count, 'average')
  }
  await predict() // the first call creates a session
  const predicted = await timed(predict)
  await learner.remember('average')
  const checkpoint = await timed(async () =>
    writeCheckpoint(join(scratch, 'checkpoint.bin'), { position: START, state: await learner.state() }),
  )
  return {
    kind: 'stepped',
    batch,
    learner: added(created.cost, first.cost),
    step: per(many.cost, steps),
    choose: per(predicted.cost, batch),
    checkpoint: checkpoint.cost,
  }
}
