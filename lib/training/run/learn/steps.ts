/** A run of a recipe that learns step by step: the learner on its engine, gone on with from the checkpoint
 *  where there is one. The loop itself is lib/ml/learn/train; this keeps what it has learnt and says what happens. */
import type { EngineName } from '#lib/domain/classifier.ts'
import type { RecipeSettings } from '#lib/ml/recipes/recipe.ts'
import { batchFor, SMALLEST_BATCH } from '#lib/ml/recipes/recipe.ts'
import type { Batch, Learner } from '#lib/ml/learn/learner.ts'
import { parameterCount, type Network, type Weights } from '#lib/ml/network/network.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { BEGINNING, stepsOf, train, type Position, type TrainingEvent } from '#lib/ml/learn/train.ts'
import { frozenBelow } from '#lib/ml/network/upper-part.ts'
import { firstConvolution } from '#lib/ml/learn/whitening.ts'
import { batchWithin } from './batch-size.ts'
import { checkpointFile, readCheckpoint, writeCheckpoint } from '../checkpoint.ts'
import { createPace } from '../pace.ts'
import type { RunPorts } from '../ports.ts'
import type { RunPlan } from '../plan.ts'

export type SteppedRun = {
  readonly folder: string
  readonly plan: RunPlan
  readonly settings: RecipeSettings
  readonly network: Network
  readonly weights: Weights
  readonly training: SampleSet
  readonly choosing: SampleSet
  readonly teach?: (batch: Batch) => Promise<void>
  /** Pictures to choose and to calibrate by, together. */
  readonly held: number
  /** Where its epochs begin, unless there is a checkpoint; absent: with the first. */
  readonly begin?: (learner: Learner) => Promise<Position>
}

/** What a run has learnt, to be sealed. */
export type Outcome = {
  readonly network: Network
  readonly weights: Weights
  readonly position: Position
  /** Pictures of a step. */
  readonly batch: number
}

const CHECKPOINT_EVERY = 60 // seconds, and after each epoch

/** What the learner of a run is made from, and how many pictures a step holds. */
export function learnerSpec(
  { plan, settings, network, weights }: Pick<SteppedRun, 'plan' | 'settings' | 'network' | 'weights'>,
  { images, engine }: { readonly images: number; readonly engine: EngineName },
) {
  const batch = Math.min(
    batchFor(images, settings.batch),
    batchWithin(plan.memoryMb, { network, batch: settings.batch, engine }),
  )
  return {
    network,
    weights,
    batch,
    optimiser: settings.optimiser,
    precision: settings.precision,
    seed: plan.seed,
    ...(settings.clipNorm === null ? {} : { clipNorm: settings.clipNorm }),
    ...(settings.isWhitened ? { frozenThrough: firstConvolution(network).name } : {}),
    // the statistics of the base version are better than those of eight images
    ...(plan.base && batch < SMALLEST_BATCH ? { batchNorm: 'frozen' as const } : {}),
    ...(settings.transfer && settings.transfer.share < 1
      ? { frozenThrough: frozenBelow(network, settings.transfer.share), batchNorm: 'frozen' as const }
      : {}),
  }
}

export async function learntSteps(run: SteppedRun, ports: RunPorts): Promise<Outcome | 'cancelled'> {
  const { folder, plan, settings, network, training, choosing } = run
  const { engine, say, clock, signal } = ports
  const spec = learnerSpec(run, { images: training.count, engine: engine.name })
  const { batch } = spec
  await using learner = await engine.learner(spec)
  const kept = await readCheckpoint(checkpointFile(folder))
  if (kept) {
    await learner.restore(kept.state)
    say({
      kind: 'note',
      message: `Resuming at epoch ${Math.min(kept.position.epoch, settings.epochs)}, from the checkpoint.`,
    })
  }
  say({
    kind: 'note',
    message:
      `Training on ${training.count} images of ${plan.classes.length} classes (${run.held} ` +
      `validation images), ${parameterCount(network).toLocaleString('en')} parameters, batch size ` +
      `${batch}, with ${engine.detail}.`,
  })
  const from = kept?.position ?? (await run.begin?.(learner)) ?? BEGINNING
  const input = {
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
  }
  const pace = createPace({
    clock,
    batch,
    steps: stepsOf(training.count, batch),
    epochs: settings.epochs,
    from,
  })
  const position = await watched(train(input), { folder, learner, ports, pace })
  return position === 'cancelled'
    ? position
    : { network, weights: await learner.weights('latest'), position, batch }
}

type Watching = {
  readonly folder: string
  readonly learner: Learner
  readonly ports: RunPorts
  readonly pace: ReturnType<typeof createPace>
}

/** Passes the loop's events on, keeps checkpoints, and stops it when asked to: with a checkpoint, so that
 *  nothing learnt is lost. */
async function watched(
  events: AsyncGenerator<TrainingEvent, Position>,
  { folder, learner, ports, pace }: Watching,
): Promise<Position | 'cancelled'> {
  let keptAt = ports.clock()
  const keep = async (position: Position): Promise<void> => {
    await writeCheckpoint(checkpointFile(folder), { position, state: await learner.state() })
    keptAt = ports.clock()
  }
  for (;;) {
    const next = await events.next()
    if (next.done) return next.value
    const event = next.value
    if (event.kind === 'epoch') {
      await keep(event.position)
      ports.say({ kind: 'epoch', point: event.point, etaSeconds: pace.secondsLeft(event.position) })
    } else {
      const step = pace.stepIfDue(event)
      if (step) ports.say({ ...step, memoryMb: ports.memoryMb() })
      if (ports.clock() - keptAt > CHECKPOINT_EVERY) await keep(event.position)
    }
    await new Promise((resolve) => setImmediate(resolve)) // lets a wish to stop come in: the engines block their thread
    if (ports.signal.aborted) {
      await keep(event.position)
      await events.return(event.position)
      return 'cancelled'
    }
  }
}
