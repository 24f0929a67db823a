/** The pieces of a training run, each executed and timed: a few images decoded, a few steps trained, a small
 *  version saved, on the engine of the run. It removes everything it made; forecast.ts adds the pieces up. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cost, HeadFigures, ProbeFigures, SteppedFigures } from '#lib/contracts/probe.ts'
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { openPack } from '../run/data/pack.ts'
import { BACKBONE_SAMPLE } from '../run/start/choose-backbone.ts'
import { startingNetwork } from '../run/start/starting-network.ts'
import { added, NOTHING, per, stopwatch, times } from './cost.ts'
import { chooseTimed } from './probe-backbones.ts'
import { probeHead, viewsOf } from './probe-head.ts'
import { everySplit, firstOf, probePackBuilder } from './probe-images.ts'
import { probeSaving } from './probe-saving.ts'
import { probeSteps } from './probe-steps.ts'
import type { ProbePorts, ProbeRun } from './ports.ts'

type ProbeStart = {
  /** Training images of the run. */
  readonly images: number
  /** What the process has cost so far. */
  readonly start: Cost
}

export async function probe(
  folder: string,
  planned: RunPlan,
  { images, start }: ProbeStart,
  probePorts: ProbePorts,
): Promise<ProbeFigures> {
  const scratch = await mkdtemp(join(folder, 'probe-'))
  const ports: ProbePorts = { ...probePorts, report: () => undefined } // a probe reports no stages
  const timed = stopwatch(ports)
  try {
    const sources = await firstOf(ports.samples(planned))
    const packs = join(scratch, 'packs')
    const packing = probePackBuilder({ packs, sources, maxPixels: planned.maxPixels, signal: ports.signal })
    const built = await timed(() => packing(planned.spec))
    const decode = per(built.cost, sources.length)
    const chosen = await chooseTimed(planned, { images, decode, packing, packs, ports })
    const plan: RunPlan = { ...chosen.plan, packs, out: join(scratch, 'version') }
    using pack = everySplit(await openPack(packs, chosen.pack ?? built.value))
    const few = pack.set('train', plan.classes)
    if (few.count === 0) throw new Error('none of the first images can be decoded')
    const network = await timed(() => startingNetwork(plan, few))
    const run: ProbeRun = { plan, few, images, ports, scratch, ...network.value }
    const { learning, head } = await probeTraining(run, plan.recipe)
    const sealing = await probeSaving(run, pack)
    const perImage = learning.kind === 'head' ? learning.embed : learning.choose
    const numbers = featureLength(network.value.network) * viewsOf(plan, network.value.network)
    return {
      engine: ports.engine.name,
      start,
      decode,
      begin: added(
        network.cost,
        chosen.cost,
        // a head on some images for each network to choose from
        head && chosen.isChoice
          ? times(head.fit, (chosen.numbers / numbers) * Math.min(BACKBONE_SAMPLE, images))
          : NOTHING,
        // when the upper layers are trained afterwards: the head that they start with
        head && learning.kind === 'stepped'
          ? added(times(head.embed, images), times(head.fit, images))
          : NOTHING,
      ),
      learning,
      seal: { ...sealing, perHeld: perImage, perTraining: perImage },
      memoryMb: ports.memoryMb(),
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** `head`: null when the recipe trains no last layer, neither alone nor first. */
async function probeTraining(
  run: ProbeRun,
  recipe: RecipePlan,
): Promise<{ readonly learning: SteppedFigures | HeadFigures; readonly head: HeadFigures | null }> {
  switch (recipe.kind) {
    case 'head': {
      const head = await probeHead(run, recipe.settings)
      return { learning: head, head }
    }
    case 'transfer': {
      const head = await probeHead(run, recipe.settings.transfer.head)
      return { learning: await probeSteps(run, recipe.settings), head }
    }
    case 'scratch':
    case 'finetune':
      return { learning: await probeSteps(run, recipe.settings), head: null }
  }
}
