/** Training by gradient steps: the learner on its engine, resumed from the checkpoint if there is one. The loop
 *  itself is lib/ml/learn/train; this writes checkpoints and reports progress. */
import type { Learner } from '#lib/ml/learn/learner.ts'
import { START, stepsOf, train, type Position, type TrainingEvent } from '#lib/ml/learn/train.ts'
import { parameterCount } from '#lib/ml/network/network.ts'
import type { GradientSettings } from '#lib/ml/recipes/recipe.ts'
import { checkpointFile, readCheckpoint, writeCheckpoint } from '../checkpoint.ts'
import type { RunPorts } from '../ports.ts'
import { startStage } from '../progress.ts'
import { learnerSpec } from './learner-spec.ts'
import type { TrainedNetwork, TrainingMaterial } from './material.ts'
import { createStepMessages } from './step-messages.ts'

export type SteppedRun = TrainingMaterial & {
  readonly settings: GradientSettings
  /** Returns where the epochs start when there is no checkpoint; absent: with the first. */
  readonly startPosition?: (learner: Learner) => Promise<Position>
}

const CHECKPOINT_EVERY = 60 // seconds, and after each epoch

export async function trainSteps(run: SteppedRun, ports: RunPorts): Promise<TrainedNetwork | 'cancelled'> {
  const { folder, plan, settings, network, training, choosing } = run
  const { engine, report, clock, signal } = ports
  const spec = learnerSpec(run, { images: training.count, engine: engine.name })
  const { batch } = spec
  await using learner = await engine.learner(spec)
  const checkpoint = await readCheckpoint(checkpointFile(folder))
  if (checkpoint) {
    await learner.restore(checkpoint.state)
    const epoch = Math.min(checkpoint.position.epoch, settings.epochs)
    report({ kind: 'note', message: `Resuming at epoch ${epoch}, from the checkpoint.` })
  }
  report({
    kind: 'note',
    message:
      `Training on ${training.count} images of ${plan.classes.length} classes (${run.validationImages} ` +
      `validation images), ${parameterCount(network).toLocaleString('en')} parameters, batch size ` +
      `${batch}, with ${engine.detail}.`,
  })
  const from = checkpoint?.position ?? (await run.startPosition?.(learner)) ?? START
  const steps = stepsOf(training.count, batch)
  const epochs = settings.epochs
  startStage('train', { total: steps * epochs, done: (from.epoch - 1) * steps + from.stepInEpoch }, ports)
  const events = train({
    learner,
    training,
    choosing,
    plan: {
      settings,
      spec: plan.spec,
      classes: plan.classes.length,
      isMirrorable: plan.classifier.isMirrorable,
      batch,
      seed: plan.seed,
    },
    clock,
    signal,
    from,
    ...(run.teach && { teach: run.teach }),
  })
  const messages = createStepMessages({ clock, batch, steps, epochs, from })
  const position = await followed(events, { folder, learner, ports, messages })
  return position === 'cancelled'
    ? position
    : { network, weights: await learner.weights('latest'), position, batch, images: training.count }
}

type StepLoop = {
  readonly folder: string
  readonly learner: Learner
  readonly ports: RunPorts
  readonly messages: ReturnType<typeof createStepMessages>
}

/** Passes the events of the loop on, writes checkpoints, and stops the loop when the run is cancelled, with a
 *  checkpoint, so that no training is lost. */
async function followed(
  events: AsyncGenerator<TrainingEvent, Position>,
  { folder, learner, ports, messages }: StepLoop,
): Promise<Position | 'cancelled'> {
  let writtenAt = ports.clock()
  const write = async (position: Position): Promise<void> => {
    await writeCheckpoint(checkpointFile(folder), { position, state: await learner.state() })
    writtenAt = ports.clock()
  }
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    const event = next.value
    if (event.kind === 'epoch') {
      await write(event.position)
      ports.report({ kind: 'epoch', point: event.point, etaSeconds: messages.secondsLeft(event.position) })
    } else {
      const step = messages.stepIfDue(event)
      if (step) ports.report({ ...step, memoryMb: ports.memoryMb() })
      if (ports.clock() - writtenAt > CHECKPOINT_EVERY) await write(event.position)
    }
    // lets a cancel request arrive: the engines block their thread
    await new Promise((resolve) => setImmediate(resolve))
    if (ports.signal.aborted) {
      await write(event.position)
      await events.return(event.position)
      return 'cancelled'
    }
  }
}
