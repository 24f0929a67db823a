/** Of several networks, the one whose features tell a person's pictures apart best: a head is learnt on each,
 *  from some of the training pictures, and judged on parts that were left out. It trains nothing that is
 *  kept. */
import { join } from 'node:path'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { decode } from '#lib/images/decode.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { isHeadSettings, learnHead } from '#lib/ml/learn/head.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { embed } from '../../features/embed.ts'
import type { RunPorts } from '../ports.ts'
import type { BodyCandidate, RunPlan } from '../plan.ts'

/** Enough to tell networks apart that differ by more than a few points; choosing takes seconds. */
export const BODY_PICTURES = 200

type Shown = {
  readonly hash: string
  readonly label: number
  /** As each body sees it, in their order. */ readonly squares: readonly Uint8Array[]
}

/** The plan with one body and how that one sees pictures. */
export async function withBody(plan: RunPlan, ports: RunPorts): Promise<RunPlan> {
  const settings = isHeadSettings(plan.recipe.settings)
    ? plan.recipe.settings
    : plan.recipe.settings.transfer?.head
  if (plan.bodies.length === 0 || !settings) return plan
  if (plan.bodies.length === 1) return standingOn(plan, plan.bodies[0]!)
  const shown = await someOf(plan, ports)
  let best: { readonly body: BodyCandidate; readonly loss: number } | null = null
  const found: string[] = []
  for (const [b, body] of plan.bodies.entries()) {
    const { network, weights } = await readBundle(body.folder)
    const set = seenBy(shown, b)
    const {
      sets: [learning],
    } = await embed([{ set, mirrored: false }], {
      engine: ports.engine,
      network,
      weights,
      spec: body.spec,
      folder: join(plan.packs, '..', 'embeddings'),
      onProgress: () => undefined,
      signal: ports.signal,
    })
    const none = { ...learning!, count: 0, views: [new Float32Array(0)], labels: new Int32Array(0) }
    const tries = [
      ...learnHead({
        training: learning!,
        choosing: none,
        classes: plan.classes.length,
        settings,
        towards: null,
        seed: plan.seed,
      }),
    ]
    const { heldOut } = tries.findLast((one) => one.isBest)!
    found.push(`${body.name} ${(100 * heldOut.accuracy).toFixed(0)} %`)
    if (best === null || heldOut.loss < best.loss) best = { body, loss: heldOut.loss }
  }
  ports.say({
    kind: 'note',
    message:
      `Of the available pretrained networks, ${best!.body.name} distinguishes these images best ` +
      `(cross-validated accuracy: ${found.join(', ')}).`,
  })
  return standingOn(plan, best!.body)
}

export const standingOn = (plan: RunPlan, body: BodyCandidate): RunPlan => ({
  ...plan,
  bodies: [],
  body,
  spec: body.spec,
  notes: [...plan.notes, originOf(plan, body)],
})

function originOf({ recipe: { settings } }: RunPlan, { name }: BodyCandidate): string {
  if (isHeadSettings(settings))
    return `All layers but the last are those of ${name}; only the last was trained on these images.`
  const isWhole = settings.transfer?.share === 1
  return (
    `It started from the layers of ${name}, which were trained further with a new last ` +
    `layer${isWhole ? '' : '; the lower layers stayed fixed'}.`
  )
}

/** The first training pictures by their hash, which is as good as chance; those that cannot be decoded are
 *  left out. A decoded photograph is not kept: two hundred of them would fill the memory. */
async function someOf(plan: RunPlan, { samples, signal }: RunPorts): Promise<readonly Shown[]> {
  const hashes: string[] = []
  for await (const { hash, label, split } of samples(plan))
    if (split === 'train' && plan.classes.includes(label)) hashes.push(hash)
  const wanted = new Set([...new Set(hashes)].sort().slice(0, BODY_PICTURES))
  const shown: Shown[] = []
  const [r, g, b] = plan.spec.background
  for await (const { hash, label, bytes } of samples(plan)) {
    signal.throwIfAborted()
    if (!wanted.delete(hash)) continue
    const picture = await decode(bytes, { maxPixels: plan.maxPixels, background: { r, g, b } }).catch(
      (error: unknown) => {
        if (isDarkroomError(error)) return null
        throw error
      },
    )
    if (picture)
      shown.push({
        hash,
        label: plan.classes.indexOf(label),
        squares: plan.bodies.map(({ spec }) => preprocess(picture, spec)),
      })
  }
  return shown
}

const seenBy = (shown: readonly Shown[], body: number): SampleSet => ({
  count: shown.length,
  hashes: shown.map(({ hash }) => hash),
  labels: Int32Array.from(shown, ({ label }) => label),
  targets: null,
  read: (index, out, offset) => out.set(shown[index]!.squares[body]!, offset),
})
