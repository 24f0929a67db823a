/** When there are several networks to start with: what choosing one costs, and then the one with the largest
 *  input, which is the most expensive. */
import type { Cost } from '#lib/contracts/probe.ts'
import type { NetworkCandidate, RunPlan } from '#lib/contracts/training-plan.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { openPack } from '../run/data/pack.ts'
import { computeOutputs } from '../run/seal/outputs.ts'
import { BACKBONE_SAMPLE, startWith } from '../run/start/choose-backbone.ts'
import { added, NOTHING, per, stopwatch, times } from './cost.ts'
import { everySplit, type BuildProbePack } from './probe-images.ts'
import type { ProbePorts } from './ports.ts'

const KEY = 'probe'

export type ChosenBackbone = {
  readonly plan: RunPlan
  /** The images for that network; null when the plan's own are used. */
  readonly pack: string | null
  readonly cost: Cost
  readonly isChoice: boolean
  /** Features of an image, summed over all networks. */
  readonly numbers: number
}

type ChoiceParts = {
  readonly images: number
  readonly decode: Cost
  readonly packing: BuildProbePack
  readonly packs: string
  readonly ports: ProbePorts
}

export async function chooseTimed(plan: RunPlan, parts: ChoiceParts): Promise<ChosenBackbone> {
  if (plan.start.kind !== 'choose-network')
    return { plan, pack: null, cost: NOTHING, isChoice: false, numbers: 0 }
  const { candidates } = plan.start
  const largest = candidates.toSorted((a, b) => b.spec.size - a.spec.size)[0]!
  const started = { plan: startWith(plan, largest), pack: await parts.packing(largest.spec) }
  if (candidates.length === 1) return { ...started, cost: NOTHING, isChoice: false, numbers: 0 }
  const sample = Math.min(BACKBONE_SAMPLE, parts.images)
  let cost = times(parts.decode, sample)
  let numbers = 0
  for (const candidate of candidates) {
    const embedding = await embedTimed(candidate, plan.classes, parts)
    cost = added(cost, embedding.loading, times(embedding.perImage, sample))
    numbers += embedding.length
  }
  return { ...started, cost, isChoice: true, numbers }
}

async function embedTimed(
  { folder, spec }: NetworkCandidate,
  classes: readonly string[],
  { packing, packs, ports }: ChoiceParts,
): Promise<{ readonly loading: Cost; readonly perImage: Cost; readonly length: number }> {
  const { engine, signal } = ports
  const timed = stopwatch(ports)
  const loading = await timed(async () => {
    const bundle = await readBundle(folder)
    await engine.load(KEY, bundle)
    return bundle
  })
  try {
    const { network } = loading.value
    using pack = everySplit(await openPack(packs, await packing(spec)))
    const few = pack.set('train', classes)
    const outputs = await timed(() =>
      computeOutputs(few, {
        engine,
        key: KEY,
        spec,
        classes: network.classes,
        onProgress: () => undefined,
        signal,
      }),
    )
    return { loading: loading.cost, perImage: per(outputs.cost, few.count), length: featureLength(network) }
  } finally {
    await engine.unload(KEY)
  }
}
