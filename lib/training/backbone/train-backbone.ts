/** Trains the backbone on labels and a teacher's features together, within a time limit: first on small images,
 *  then on images of the final size. It resumes from its checkpoint; it evaluates nothing. */
import { augment, sampleSeed } from '#lib/ml/learn/augment.ts'
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import type { Batch, Learner, LearnerSpec } from '#lib/ml/learn/learner.ts'
import type { Weights, Network } from '#lib/ml/network/network.ts'
import { planWeights, unflattened } from '#lib/ml/network/weight-layout.ts'
import { normalise, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { backboneNetwork, type BackboneRecipe } from '#lib/ml/recipes/backbone.ts'
import { orderOf } from '#lib/ml/learn/sample-set.ts'
import { START } from '#lib/ml/learn/train.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import type { Pack } from '../run/data/pack.ts'
import type { Features } from './teacher-features.ts'

export type BackbonePlan = {
  readonly recipe: BackboneRecipe
  readonly seconds: number
  readonly seed: number
  readonly checkpoint: string
  /** Prefix of the labels of the large set; images of the other sets occur `repeat` times in an epoch. */
  readonly largeSet: string
}

export type BackbonePorts = {
  readonly learner: (spec: LearnerSpec) => Promise<Learner>
  readonly packOf: (size: number) => Promise<Pack>
  readonly features: readonly Features[]
  readonly clock: () => number
  readonly report: (line: string) => void
  /** Receives the averaged weights from time to time. */
  readonly onWeights: (network: Network, weights: Weights) => Promise<void>
  readonly signal: AbortSignal
}

const CHECKPOINT_EVERY = 120 // seconds
const REPORT_EVERY = 30
/** The share of the peak rate that the first steps have at least. */
const FIRST_RATE = 0.02

export async function trainBackbone(plan: BackbonePlan, ports: BackbonePorts): Promise<'done' | 'stopped'> {
  const { phases } = plan.recipe
  const checkpoint = await readCheckpoint(plan.checkpoint)
  let state = checkpoint?.state
  let position = checkpoint?.position ?? START
  for (const [index, phase] of phases.entries()) {
    if (isOver(plan, phase, position.seconds)) continue
    using pack = await ports.packOf(phase.size)
    const batches = batchesOf(pack, ports.features, { plan, phase })
    if (batches.count < phase.batch)
      throw new Error(
        `phase ${index + 1} has ${batches.count} images with features, and a batch needs ${phase.batch}: ` +
          'add images, or compute the features of more of them',
      )
    const network = backboneNetwork(phase.size, batches.outputs)
    await using learner = await ports.learner(learnerSpec(plan, phase, network, batches.labels))
    if (state) await learner.restore(state)
    ports.report(
      `Phase ${index + 1} of ${phases.length}: ${phase.size} pixels, ${batches.count} images per epoch, ` +
        `${batches.labels} labels.`,
    )
    const saveCheckpoint = async (): Promise<void> => {
      state = await learner.state()
      await writeCheckpoint(plan.checkpoint, { position, state })
      await ports.onWeights(network, await learner.weights('average'))
    }
    let [savedAt, reportedAt] = [position.seconds, position.seconds]
    let steps: PhaseStep[] = [] // since the last report
    for await (const step of trainPhase({ plan, phase, batches, learner, from: position }, ports)) {
      const { epoch, seconds } = step
      position = { ...START, epoch, seconds }
      if (step.kind === 'epoch') continue
      steps.push(step)
      if (seconds - reportedAt > REPORT_EVERY) {
        ports.report(progressLine(steps, phase.batch, seconds - reportedAt))
        ;[steps, reportedAt] = [[], seconds]
        await new Promise((resolve) => setImmediate(resolve)) // lets a cancel request arrive
      }
      if (seconds - savedAt > CHECKPOINT_EVERY) {
        await saveCheckpoint()
        savedAt = seconds
      }
    }
    await saveCheckpoint()
    if (ports.signal.aborted) return 'stopped'
  }
  return 'done'
}

type Phase = BackboneRecipe['phases'][number]

const isOver = (plan: BackbonePlan, phase: Phase, seconds: number): boolean =>
  seconds / plan.seconds >= phase.until

const learnerSpec = (
  { recipe, seed }: BackbonePlan,
  phase: Phase,
  network: Network,
  labels: number,
): LearnerSpec => ({
  network,
  batch: phase.batch,
  weights: initialWeights(network, seed),
  optimiser: recipe.optimiser,
  clipNorm: recipe.clipNorm,
  fitted: { from: labels, weight: recipe.featureWeight },
})

type PhaseStep = {
  readonly kind: 'step'
  readonly epoch: number
  readonly seconds: number
  /** In its epoch, of so many. */
  readonly step: number
  readonly steps: number
  /** The share of the time limit that had passed before it. */
  readonly done: number
  readonly rate: number
  readonly loss: number
  readonly right: number
}
/** `epoch`: the next one. */
type PhaseEpoch = { readonly kind: 'epoch'; readonly epoch: number; readonly seconds: number }

/** Yields after each step and each epoch, until the phase's share of the time has passed or the run is stopped; an
 *  epoch that this interrupts counts as done. */
async function* trainPhase(
  {
    plan,
    phase,
    batches,
    learner,
    from,
  }: {
    readonly plan: BackbonePlan
    readonly phase: Phase
    readonly batches: ReturnType<typeof batchesOf>
    readonly learner: Learner
    readonly from: { readonly epoch: number; readonly seconds: number }
  },
  { clock, signal }: BackbonePorts,
): AsyncGenerator<PhaseStep | PhaseEpoch> {
  const { recipe } = plan
  const steps = Math.floor(batches.count / phase.batch)
  const before = clock() - from.seconds
  let { epoch, seconds } = from
  const goesOn = (): boolean => !isOver(plan, phase, seconds) && !signal.aborted
  while (goesOn()) {
    for (let step = 0; step < steps && goesOn(); step++) {
      const done = seconds / plan.seconds
      const rate = rateAt(done, recipe) * Math.sqrt(phase.batch / recipe.phases[0]!.batch)
      const { loss, right } = await learner.learn(batches.batch(epoch, step), rate)
      if (!Number.isFinite(loss))
        throw new Error(`the loss was not a number after ${seconds.toFixed(0)} s, in epoch ${epoch}`)
      learner.average(recipe.averageDecay)
      seconds = clock() - before
      yield { kind: 'step', epoch, seconds, step, steps, done, rate, loss, right }
    }
    epoch += 1
    yield { kind: 'epoch', epoch, seconds }
  }
}

/** @param made the steps since the last line, which took so many seconds */
function progressLine(made: readonly PhaseStep[], batch: number, seconds: number): string {
  const { done, epoch, step, steps, rate } = made.at(-1)!
  const images = made.length * batch
  const loss = made.reduce((sum, one) => sum + one.loss, 0) / made.length
  const correct = made.reduce((sum, one) => sum + one.right, 0)
  return (
    `${(100 * done).toFixed(1)} %  epoch ${epoch} step ${step}/${steps}  loss ${loss.toFixed(4)}  ` +
    `label accuracy ${((100 * correct) / images).toFixed(1)} %  rate ${rate.toFixed(4)}  ` +
    `${(images / seconds).toFixed(0)} images/s`
  )
}

/** The weights of a checkpoint as they are. The rate is zero at the end, so an average would only add older
 *  weights, from the small images. */
export async function trainedWeights(
  checkpoint: string,
  network: Network,
): Promise<{ readonly weights: Weights; readonly steps: number; readonly seconds: number }> {
  const stored = await readCheckpoint(checkpoint)
  if (!stored) throw new Error(`${checkpoint} does not exist: nothing has been trained yet`)
  return {
    weights: unflattened(planWeights({ network }), stored.state.latest, {}),
    steps: stored.state.step,
    seconds: stored.position.seconds,
  }
}

function rateAt(done: number, { rate }: BackboneRecipe): number {
  if (done < rate.warmUp) return rate.peak * Math.max(FIRST_RATE, done / rate.warmUp)
  return rate.peak * 0.5 * (1 + Math.cos((Math.PI * (done - rate.warmUp)) / (1 - rate.warmUp)))
}

/** Batches whose targets are a smoothed label followed by the teacher's features, centred and scaled to a
 *  variance of about one. */
function batchesOf(
  pack: Pack,
  features: readonly Features[],
  { plan, phase }: { plan: BackbonePlan; phase: Phase },
) {
  const { spec, entries } = pack.index
  const labels = [...new Set(entries.map((entry) => entry.label))].toSorted()
  const set = pack.set('train', labels)
  const length = features[0]!.length
  const outputs = labels.length + length
  const row = new Float32Array(length)
  const read = (index: number): boolean => features.some((one) => one.read(set.hashes[index]!, row, 0))
  const usable = Array.from({ length: set.count }, (_, i) => i).filter(read) // images without features are skipped
  const places = usable.flatMap((i) =>
    Array<number>(labels[set.labels[i]!]!.startsWith(plan.largeSet) ? 1 : phase.repeat).fill(i),
  )
  const { mean, scale } = spreadOf(usable.length, length, (i) => {
    read(usable[i]!)
    return row
  })
  const bytes = squareBytes(spec)
  const plain = new Uint8Array(bytes)
  const squares = new Uint8Array(bytes * phase.batch)
  const pixels = new Float32Array(bytes * phase.batch)
  const targets = new Float32Array(outputs * phase.batch)
  const seeds = Uint32Array.from(set.hashes, sampleSeed)
  let ordered: { readonly epoch: number; readonly order: Int32Array } = { epoch: -1, order: new Int32Array() }
  return {
    labels: labels.length,
    outputs,
    count: places.length,
    batch(epoch: number, step: number): Batch {
      if (ordered.epoch !== epoch) ordered = { epoch, order: orderOf(places.length, plan.seed, epoch) }
      for (let i = 0; i < phase.batch; i++) {
        const place = ordered.order[step * phase.batch + i]!
        const index = places[place]!
        set.read(index, plain, 0)
        augment(plain, squares.subarray(i * bytes, (i + 1) * bytes), {
          square: spec,
          how: phase.augment,
          seed: plan.seed + place,
          epoch,
          sample: seeds[index]!,
        })
        const at = i * outputs
        targets.fill(plan.recipe.labelSmoothing / labels.length, at, at + labels.length)
        targets[at + set.labels[index]!]! += 1 - plan.recipe.labelSmoothing
        read(index)
        for (let f = 0; f < length; f++) targets[at + labels.length + f] = (row[f]! - mean[f]!) * scale
      }
      normalise(squares, spec, pixels)
      return { pixels, targets, count: phase.batch }
    },
  }
}

const MEASURED_IMAGES = 10_000 // images for the mean and spread of the features

function spreadOf(
  count: number,
  length: number,
  rowOf: (index: number) => Float32Array,
): { mean: Float32Array; scale: number } {
  const mean = new Float64Array(length)
  let squares = 0
  const every = Math.max(1, Math.floor(count / MEASURED_IMAGES))
  let measured = 0
  for (let index = 0; index < count; index += every) {
    const row = rowOf(index)
    for (let f = 0; f < length; f++) {
      mean[f]! += row[f]!
      squares += row[f]! ** 2
    }
    measured += 1
  }
  let ofMeans = 0
  for (let f = 0; f < length; f++) {
    mean[f]! /= measured
    ofMeans += mean[f]! ** 2
  }
  return { mean: Float32Array.from(mean), scale: 1 / Math.sqrt((squares / measured - ofMeans) / length) }
}
