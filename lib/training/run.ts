/** One run inside the training child: from its plan to a sealed version, or to a checkpoint that it can go on from.
 *  It opens no database and forks nothing; what comes from outside it is given as ports. */
import { readFile, rm } from 'node:fs/promises'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { readBundle } from '#lib/ml/bundle.ts'
import { initialWeights, withClasses } from '#lib/ml/initial-weights.ts'
import type { Learner, LearnerSpec } from '#lib/ml/learner.ts'
import { parameterCount, type Network, type Weights } from '#lib/ml/network.ts'
import { batchFor } from '#lib/ml/recipe.ts'
import { isRecipe, RECIPES } from '#lib/ml/recipes/list.ts'
import { firstConvolution, whiteningKernel } from '#lib/ml/whitening.ts'
import { BEGINNING, stepsOf, train, type Position, type TrainingEvent } from '#lib/ml/train.ts'
import { batchWithin } from './batch-size.ts'
import { checkpointFile, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { halves } from './halves.ts'
import { buildPack, hasPack, openPack, packName, snapshotHash, type Pack, type PackSource } from './pack.ts'
import { createPace } from './pace.ts'
import { packFile, readSamples, writeJson, type RunPlan } from './run-plan.ts'
import { seal } from './seal.ts'
import { taught } from './teacher.ts'

/** The part of an engine that a run uses; lib/engines has the whole. */
export type TrainingEngine = {
  readonly name: EngineName
  readonly detail: string
  readonly learner: (spec: LearnerSpec) => Promise<Learner>
  readonly load: (key: string, model: { readonly network: Network; readonly weights: Weights }) => Promise<void>
  readonly unload: (key: string) => Promise<void>
  readonly run: (key: string, pixels: Float32Array, count: number) => Promise<{ readonly logits: Float32Array }>
}

export type RunPorts = {
  readonly engine: TrainingEngine
  /** The samples of the plan with their encoded pictures. */
  readonly samples: (plan: RunPlan) => AsyncIterable<PackSource>
  /** Counts one more opening of this list of test pictures; answers how often it has been opened. */
  readonly openTest: (hashes: readonly string[]) => Promise<number>
  readonly say: (message: FromTraining) => void
  /** Seconds that only grow. */
  readonly clock: () => number
  readonly now: () => Date
  readonly memoryMb: () => number
  readonly machine: string
  readonly signal: AbortSignal
}

const CHECKPOINT_EVERY = 60 // seconds, and after each epoch

export async function runTraining(folder: string, plan: RunPlan, ports: RunPorts): Promise<void> {
  using pack = await packOf(folder, plan, ports)
  const { network, weights } = await beginning(plan, pack)
  const { say, engine, signal } = ports
  const training = await taught(pack.set('train', plan.classes), { plan, engine, signal })
  const { choosing, calibrating } = halves(pack.set('validation', plan.classes), plan.classes.length)
  const batch = Math.min(batchFor(training.count, plan.recipe.settings.batch), batchWithin(plan.memoryMb, network, plan.recipe.settings.batch))
  const { settings } = plan.recipe
  await using learner = await engine.learner({
    network,
    weights,
    batch,
    optimiser: settings.optimiser,
    precision: settings.precision,
    seed: plan.seed,
    ...(settings.clipNorm === null ? {} : { clipNorm: settings.clipNorm }),
    ...(settings.isWhitened ? { frozenThrough: firstConvolution(network).name } : {}),
  })
  const kept = await readCheckpoint(checkpointFile(folder))
  if (kept) {
    await learner.restore(kept.state)
    say({ kind: 'note', message: `Going on at epoch ${Math.min(kept.position.epoch, settings.epochs)}, from the checkpoint.` })
  }
  say({
    kind: 'note',
    message: `Learning ${plan.classes.length} classes from ${training.count} pictures (${choosing.count + calibrating.count} to choose and calibrate by) with ${parameterCount(network).toLocaleString('en')} numbers, ${batch} pictures to a step, on ${engine.detail}.`,
  })
  const input = { learner, training, choosing, plan: { settings, spec: plan.spec, classes: plan.classes.length, isMirrorable: plan.classifier.isMirrorable, batch, seed: plan.seed }, clock: ports.clock, signal }
  const position = await watched(train({ ...input, from: kept?.position ?? BEGINNING }), { folder, learner, ports, pace: createPace({ clock: ports.clock, batch, steps: stepsOf(training.count, batch), epochs: settings.epochs, from: kept?.position ?? BEGINNING }) })
  if (position === 'cancelled') {
    say({ kind: 'cancelled' })
    return
  }
  say({ kind: 'note', message: 'Measuring the best epoch on the test pictures and sealing it.' })
  await seal({ plan, network, weights: await learner.weights('latest'), position, pack, calibrating, choosing, trained: training.count, batch }, ports)
  await rm(checkpointFile(folder), { force: true })
  say({ kind: 'sealed', folder: plan.out })
}

type Watching = { readonly folder: string; readonly learner: Learner; readonly ports: RunPorts; readonly pace: ReturnType<typeof createPace> }

/** Passes the loop's events on, keeps checkpoints, and stops it when asked to: with a checkpoint, so that nothing learnt is lost. */
async function watched(events: AsyncGenerator<TrainingEvent, Position>, { folder, learner, ports, pace }: Watching): Promise<Position | 'cancelled'> {
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

async function packOf(folder: string, plan: RunPlan, { samples, say, signal }: RunPorts): Promise<Pack> {
  const known = await readFile(packFile(folder), 'utf8').then((text): string => JSON.parse(text), () => expectedPack(folder, plan))
  if (known && (await hasPack(plan.packs, known))) return openPack(plan.packs, known)
  say({ kind: 'note', message: 'Decoding the pictures once.' })
  const name = await buildPack({
    folder: plan.packs,
    spec: plan.spec,
    samples: samples(plan),
    maxPixels: plan.maxPixels,
    onProgress: (done) => { if (done % 5000 === 0) say({ kind: 'note', message: `${done.toLocaleString('en')} pictures decoded.` }) },
    signal,
  })
  await writeJson(packFile(folder), name)
  return openPack(plan.packs, name)
}

/** Of kept samples the snapshot is known before any is decoded. */
const expectedPack = async (folder: string, plan: RunPlan): Promise<string | null> => (plan.samples.kind === 'kept' ? packName(snapshotHash(await readSamples(folder)), plan.spec) : null)

/** The network and the weights that the run begins with: a version's, grown by new classes, or a recipe's at random. */
async function beginning(plan: RunPlan, pack: Pack): Promise<{ network: Network; weights: Weights }> {
  if (plan.base) {
    const { network, weights } = await readBundle(plan.base.folder)
    return network.classes === plan.classes.length ? { network, weights } : withClasses(network, weights, { classes: plan.classes.length, seed: plan.seed })
  }
  const recipe = isRecipe(plan.recipe.name) ? RECIPES[plan.recipe.name] : undefined
  if (!recipe?.network) throw new Error(`The recipe ${plan.recipe.name} makes no network, and the run has no version to begin with`)
  const network = recipe.network({ size: plan.spec.size, channels: plan.spec.channels }, plan.classes.length)
  const weights = initialWeights(network, plan.seed)
  if (!plan.recipe.settings.isWhitened) return { network, weights }
  return { network, weights: { ...weights, [`${firstConvolution(network).name}/kernel`]: whiteningKernel(network, pack.set('train', plan.classes), plan.spec) } }
}
