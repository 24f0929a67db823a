/** The pieces of a training, each done for real and timed: a few pictures decoded, a few steps learnt, a
 *  small version sealed, on the engine that would do it. It leaves nothing behind; what the pieces add up to
 *  is forecast.ts's to say. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cost, HeadFigures, ProbeFigures, SteppedFigures } from '#lib/contracts/probe.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { clouds } from '#lib/ml/learn/synthetic-features.ts'
import { isHeadSettings, learnHead, type HeadSettings } from '#lib/ml/learn/head.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { augmentationFor, type RecipeSettings } from '#lib/ml/recipes/recipe.ts'
import { batchMaker, chosenFrom, plainBatches, type SampleSet } from '#lib/ml/learn/sample-set.ts'
import { BEGINNING } from '#lib/ml/learn/train.ts'
import { beginning } from '../run/start/initial-state.ts'
import { writeCheckpoint } from '../run/checkpoint.ts'
import { BODY_PICTURES, standingOn } from '../run/start/choose-backbone.ts'
import { learnerSpec } from '../run/learn/steps.ts'
import { buildPack, openPack, type Pack, type PackSource } from '../run/data/pack.ts'
import type { RunPlan } from '../run/plan.ts'
import type { RunPorts } from '../run/ports.ts'
import { seal } from '../run/seal/seal.ts'
import { seen } from '../run/seal/outputs.ts'

/** Pictures that are really looked at. */
export const PROBED = 16
const STEPS = { fewest: 3, most: 200, seconds: 1.5 }
const MOST_FITTED = 500 // rows of features that a head is tried on
const KEY = 'probe'

export type ProbePorts = RunPorts & {
  /** Of all cores together, since the process began. */ readonly cpuSeconds: () => number
}

/** @param images that the run will learn from. @param start what the process took until now. */
export async function probe(
  folder: string,
  planned: RunPlan,
  { images, start }: { images: number; start: Cost },
  ports: ProbePorts,
): Promise<ProbeFigures> {
  const scratch = await mkdtemp(join(folder, 'probe-'))
  const timed = stopwatch(ports)
  try {
    const sources = await firstOf(ports.samples(planned))
    const packs = join(scratch, 'packs')
    const packing = (spec: RunPlan['spec']) =>
      buildPack({
        folder: packs,
        spec,
        samples: each(sources),
        maxPixels: planned.maxPixels,
        onProgress: () => undefined,
        signal: ports.signal,
      })
    const built = await timed(() => packing(planned.spec))
    const decode = per(built.cost, sources.length)
    const chosen = await chooseTimed(planned, { images, decode, packing, packs, ports })
    const plan: RunPlan = { ...chosen.plan, packs, out: join(scratch, 'version') }
    using pack = everySplit(await openPack(packs, chosen.pack ?? built.value))
    const few = pack.set('train', plan.classes)
    if (few.count === 0) throw new Error('none of the first images can be decoded')
    const begun = await timed(() => beginning(plan, pack))
    const { settings } = plan.recipe
    const about = { plan, few, images, ports, scratch, ...begun.value }
    const headSettings = isHeadSettings(settings) ? settings : settings.transfer?.head
    const head = headSettings && (await probeHead({ ...about, settings: headSettings }))
    const learning = isHeadSettings(settings) ? head! : await probeSteps({ ...about, settings })
    // a head on some pictures for each network to choose from; and where the upper layers learn afterwards,
    // the head that they begin with
    const choosing =
      head && planned.bodies.length > 1
        ? times(
            head.fit,
            (chosen.numbers / (featureLength(begun.value.network) * viewsOf(plan))) *
              Math.min(BODY_PICTURES, images),
          )
        : NOTHING
    const before =
      head && learning.kind === 'stepped'
        ? added(times(head.embed, images), times(head.fit, images))
        : NOTHING
    const sealing = await probeSeal(plan, { ...begun.value, pack, ports })
    const perPicture = learning.kind === 'head' ? learning.embed : learning.choose
    return {
      engine: ports.engine.name,
      start,
      decode,
      begin: added(begun.cost, chosen.cost, choosing, before),
      learning,
      seal: { ...sealing, perHeld: perPicture, perTraining: perPicture },
      memoryMb: ports.memoryMb(),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

type About = {
  readonly plan: RunPlan
  readonly few: SampleSet
  readonly images: number
  readonly ports: ProbePorts
  readonly scratch: string
  readonly network: Network
  readonly weights: Weights
}

async function probeSteps({
  plan,
  few,
  images,
  ports,
  scratch,
  network,
  weights,
  settings,
}: About & { readonly settings: RecipeSettings }): Promise<SteppedFigures> {
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
  const made = await timed(() => ports.engine.learner(spec))
  await using learner = made.value
  const learn = async (epoch: number): Promise<void> => {
    await learner.learn(maker.of(indices, epoch), settings.rate.end)
    learner.average(settings.averageDecay)
  }
  const first = await timed(() => learn(1))
  let steps = 0
  const many = await timed(async () => {
    const until = ports.clock() + STEPS.seconds
    for (; steps < STEPS.fewest || (steps < STEPS.most && ports.clock() < until); steps++) {
      ports.signal.throwIfAborted()
      await learn(2 + steps)
    }
  })
  const shown = chosenFrom(few, Array.from(indices), plan.classes.length)
  const choose = async (): Promise<void> => {
    for (const { pixels, count } of plainBatches(shown, plan.spec, batch))
      await learner.predict(pixels, count, 'average')
  }
  await choose() // the first time makes a session
  const chose = await timed(choose)
  await learner.remember('average')
  const kept = await timed(async () =>
    writeCheckpoint(join(scratch, 'checkpoint.bin'), { position: BEGINNING, state: await learner.state() }),
  )
  return {
    kind: 'stepped',
    batch,
    learner: added(made.cost, first.cost),
    step: per(many.cost, steps),
    choose: per(chose.cost, batch),
    checkpoint: kept.cost,
  }
}

async function probeHead({
  plan,
  few,
  images,
  ports,
  network,
  weights,
  settings,
}: About & { readonly settings: HeadSettings }): Promise<HeadFigures> {
  const timed = stopwatch(ports)
  const classes = plan.classes.length
  await ports.engine.load(KEY, { network, weights })
  const looked = await timed(() =>
    seen(few, { engine: ports.engine, key: KEY, spec: plan.spec, classes, signal: ports.signal }),
  ).finally(() => ports.engine.unload(KEY))
  const length = featureLength(network)
  const count = Math.max(classes * 2, Math.min(images, MOST_FITTED))
  const training = clouds({ count, length, classes, seed: plan.seed, views: viewsOf(plan) })
  const none = { ...training, count: 0, views: [new Float32Array(0)], labels: new Int32Array(0) }
  const fitted = await timed(async () => {
    for (const _try of learnHead({
      training,
      choosing: none,
      classes,
      settings,
      towards: null,
      seed: plan.seed,
    }))
      ports.signal.throwIfAborted()
  })
  return { kind: 'head', embed: per(looked.cost, few.count), fit: per(fitted.cost, count) }
}

/** How often each training picture is looked at. */
export const viewsOf = ({ recipe, classifier }: Pick<RunPlan, 'recipe' | 'classifier'>): number =>
  isHeadSettings(recipe.settings) && recipe.settings.mirrored && classifier.isMirrorable ? 2 : 1

/** A version of nothing, then one with a few test pictures: the difference is theirs. */
async function probeSeal(
  plan: RunPlan,
  { network, weights, pack, ports }: { network: Network; weights: Weights; pack: Pack; ports: ProbePorts },
): Promise<{ always: Cost; perTest: Cost }> {
  const timed = stopwatch(ports)
  const nothing = chosenFrom(pack.set('train', plan.classes), [], plan.classes.length)
  const sealed = (of: Pack) =>
    timed(() =>
      seal(
        {
          plan,
          network,
          weights,
          position: BEGINNING,
          pack: of,
          choosing: nothing,
          calibrating: nothing,
          trained: 0,
          batch: 1,
        },
        { ...ports, openTest: async () => 0 },
      ),
    )
  const empty: Pack = { index: pack.index, set: () => nothing, [Symbol.dispose]: () => undefined }
  const onlyTest: Pack = {
    ...empty,
    set: (split, classes) => (split === 'test' ? pack.set(split, classes) : nothing),
  }
  const always = await sealed(empty)
  const some = await sealed(onlyTest)
  return {
    always: always.cost,
    perTest: per(subtracted(some.cost, always.cost), pack.set('test', plan.classes).count),
  }
}

/** `numbers`: features of a picture, those of all networks together. */
type Chosen = {
  readonly plan: RunPlan
  readonly pack: string | null
  readonly cost: Cost
  readonly numbers: number
}

/** With several networks to choose from, what choosing will take, and then the one whose pictures are the
 *  largest: it takes the most. */
async function chooseTimed(
  plan: RunPlan,
  {
    images,
    decode,
    packing,
    packs,
    ports,
  }: {
    images: number
    decode: Cost
    packing: (spec: RunPlan['spec']) => Promise<string>
    packs: string
    ports: ProbePorts
  },
): Promise<Chosen> {
  if (plan.bodies.length === 0) return { plan, pack: null, cost: NOTHING, numbers: 0 }
  const [largest] = plan.bodies.toSorted((a, b) => b.spec.size - a.spec.size)
  const standing = { plan: standingOn(plan, largest!), pack: await packing(largest!.spec) }
  if (plan.bodies.length === 1) return { ...standing, cost: NOTHING, numbers: 0 }
  const timed = stopwatch(ports)
  const shown = Math.min(BODY_PICTURES, images)
  let cost = times(decode, shown)
  let numbers = 0
  for (const body of plan.bodies) {
    using pack = everySplit(await openPack(packs, await packing(body.spec)))
    const few = pack.set('train', plan.classes)
    const {
      value: { network },
      cost: loading,
    } = await timed(async () => {
      const bundle = await readBundle(body.folder)
      await ports.engine.load(KEY, bundle)
      return bundle
    })
    const looked = await timed(() =>
      seen(few, {
        engine: ports.engine,
        key: KEY,
        spec: body.spec,
        classes: network.classes,
        signal: ports.signal,
      }),
    ).finally(() => ports.engine.unload(KEY))
    cost = added(cost, loading, times(per(looked.cost, few.count), shown))
    numbers += featureLength(network)
  }
  return { ...standing, cost, numbers }
}

/** All its pictures, whatever part is asked for. */
function everySplit(pack: Pack): Pack {
  return {
    index: pack.index,
    set(_split, classes) {
      const sets = (['train', 'validation', 'test'] as const).map((split) => pack.set(split, classes))
      const all = sets.flatMap((set) =>
        set.hashes.map((hash, i) => ({ set, i, hash, label: set.labels[i]! })),
      )
      return {
        count: all.length,
        hashes: all.map(({ hash }) => hash),
        labels: Int32Array.from(all, ({ label }) => label),
        targets: null,
        read: (index, out, offset) => all[index]!.set.read(all[index]!.i, out, offset),
      }
    },
    [Symbol.dispose]: () => pack[Symbol.dispose](),
  }
}

async function firstOf(samples: AsyncIterable<PackSource>): Promise<readonly PackSource[]> {
  const first: PackSource[] = []
  for await (const sample of samples) {
    first.push(sample)
    if (first.length === PROBED) break
  }
  return first
}

async function* each(sources: readonly PackSource[]): AsyncGenerator<PackSource> {
  yield* sources
}

const stopwatch =
  ({ clock, cpuSeconds }: Pick<ProbePorts, 'clock' | 'cpuSeconds'>) =>
  async <T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly cost: Cost }> => {
    const [began, cpu] = [clock(), cpuSeconds()]
    const value = await work()
    return { value, cost: { seconds: clock() - began, cpuSeconds: cpuSeconds() - cpu } }
  }

const NOTHING: Cost = { seconds: 0, cpuSeconds: 0 }
const times = (cost: Cost, by: number): Cost => ({
  seconds: cost.seconds * by,
  cpuSeconds: cost.cpuSeconds * by,
})
const per = (cost: Cost, count: number): Cost => times(cost, 1 / Math.max(1, count))
const added = (...costs: readonly Cost[]): Cost =>
  costs.reduce(
    (a, b) => ({ seconds: a.seconds + b.seconds, cpuSeconds: a.cpuSeconds + b.cpuSeconds }),
    NOTHING,
  )
const subtracted = (a: Cost, b: Cost): Cost => ({
  seconds: Math.max(0, a.seconds - b.seconds),
  cpuSeconds: Math.max(0, a.cpuSeconds - b.cpuSeconds),
})
