/** Chooses among several networks the one whose features separate the classes of a user's images best: a head is
 *  trained on each, from some of the training images, and evaluated on parts that were left out. These heads are
 *  discarded. */
import { join } from 'node:path'
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { NetworkCandidate, RunPlan } from '#lib/contracts/training-plan.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { decode } from '#lib/images/decode.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { learnHead, type HeadSettings } from '#lib/ml/learn/head.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { embed } from '../../features/embed.ts'
import { writePlan } from '../plan.ts'
import type { RunPorts } from '../ports.ts'
import type { Stage } from '../progress.ts'

/** Training images to choose by: enough for networks that differ by more than a few points, within seconds. */
export const BACKBONE_SAMPLE = 200

type SampleImage = {
  readonly hash: string
  readonly label: number
  /** Its square as each candidate preprocesses it, in their order. */
  readonly squares: readonly Uint8Array[]
}

type CandidateScore = {
  readonly candidate: NetworkCandidate
  readonly accuracy: number
  readonly loss: number
}

/** Returns the plan with the network to start with, and writes it, so that a resumed run uses the same. */
export async function chooseBackbone(
  folder: string,
  plan: RunPlan,
  ports: RunPorts,
  stage: Stage,
): Promise<RunPlan> {
  if (plan.start.kind !== 'choose-network') return plan
  const { candidates } = plan.start
  const decided = startWith(
    plan,
    candidates.length === 1 ? candidates[0]! : await bestOf(candidates, plan, ports, stage),
  )
  await writePlan(folder, decided)
  return decided
}

export const startWith = (plan: RunPlan, { name, folder, spec }: NetworkCandidate): RunPlan => ({
  ...plan,
  start: { kind: 'network', name, folder },
  spec,
  notes: [...plan.notes, originOf(plan.recipe, name)],
})

/** The settings for training a head on another network's features. */
export function headSettingsOf(recipe: RecipePlan): HeadSettings | null {
  switch (recipe.kind) {
    case 'head':
      return recipe.settings
    case 'transfer':
      return recipe.settings.transfer.head
    case 'scratch':
    case 'finetune':
      return null
  }
}

function originOf(recipe: RecipePlan, name: string): string {
  if (recipe.kind !== 'transfer')
    return `All layers but the last are those of ${name}; only the last was trained on these images.`
  const isWhole = recipe.settings.transfer.share === 1
  return (
    `It started from the layers of ${name}, which were trained further with a new last ` +
    `layer${isWhole ? '' : '; the lower layers stayed fixed'}.`
  )
}

async function bestOf(
  candidates: readonly NetworkCandidate[],
  plan: RunPlan,
  ports: RunPorts,
  stage: Stage,
): Promise<NetworkCandidate> {
  const images = await sampleImages(candidates, plan, ports, stage)
  const scores: CandidateScore[] = []
  for (const index of candidates.keys())
    scores.push(await scoreOf(candidates[index]!, setOf(images, index), { plan, ports, stage }))
  const best = scores.reduce((a, b) => (b.loss < a.loss ? b : a))
  const accuracies = scores.map(
    ({ candidate, accuracy }) => `${candidate.name} ${(100 * accuracy).toFixed(0)} %`,
  )
  ports.report({
    kind: 'note',
    message:
      `Of the available pretrained networks, ${best.candidate.name} distinguishes these images best ` +
      `(cross-validated accuracy: ${accuracies.join(', ')}).`,
  })
  return best.candidate
}

async function scoreOf(
  candidate: NetworkCandidate,
  set: SampleSet,
  { plan, ports, stage }: { readonly plan: RunPlan; readonly ports: RunPorts; readonly stage: Stage },
): Promise<CandidateScore> {
  const settings = headSettingsOf(plan.recipe)
  if (!settings) throw new Error(`the recipe ${plan.recipe.name} does not start with another network`)
  const { network, weights } = await readBundle(candidate.folder)
  const {
    sets: [training],
  } = await embed([{ set, views: ['plain'] }], {
    engine: ports.engine,
    network,
    weights,
    spec: candidate.spec,
    folder: join(plan.packs, '..', 'embeddings'),
    onProgress: stage.advance,
    signal: ports.signal,
    memoryMb: plan.memoryMb,
  })
  const none = { ...training!, count: 0, views: [new Float32Array(0)], labels: new Int32Array(0) }
  const tries = [
    ...learnHead({
      training: training!,
      choosing: none,
      classes: plan.classes.length,
      settings,
      towards: null,
      seed: plan.seed,
    }),
  ]
  const { heldOut } = tries.findLast((one) => one.isBest)!
  return { candidate, accuracy: heldOut.accuracy, loss: heldOut.loss }
}

/** The first training images in hash order, which is as good as random; those that cannot be decoded are left
 *  out. Only the squares of photographs stay in memory. */
async function sampleImages(
  candidates: readonly NetworkCandidate[],
  plan: RunPlan,
  { samples, signal }: RunPorts,
  stage: Stage,
): Promise<readonly SampleImage[]> {
  const hashes = new Set<string>()
  for await (const { hash, label, split } of samples(plan))
    if (split === 'train' && plan.classes.includes(label)) hashes.add(hash)
  const missing = new Set([...hashes].sort().slice(0, BACKBONE_SAMPLE))
  stage.expect(missing.size * (1 + candidates.length))
  const images: SampleImage[] = []
  const [r, g, b] = plan.spec.background
  for await (const { hash, label, bytes } of samples(plan)) {
    signal.throwIfAborted()
    if (!missing.delete(hash)) continue
    const raster = await decode(bytes, { maxPixels: plan.maxPixels, background: { r, g, b } }).catch(
      (error: unknown) => {
        if (isDarkroomError(error)) return null
        throw error
      },
    )
    stage.advance(1)
    if (raster)
      images.push({
        hash,
        label: plan.classes.indexOf(label),
        squares: candidates.map(({ spec }) => preprocess(raster, spec)),
      })
  }
  return images
}

const setOf = (images: readonly SampleImage[], candidate: number): SampleSet => ({
  count: images.length,
  hashes: images.map(({ hash }) => hash),
  labels: Int32Array.from(images, ({ label }) => label),
  targets: null,
  read: (index, out, offset) => out.set(images[index]!.squares[candidate]!, offset),
})
