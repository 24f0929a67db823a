/** One run inside the training child: from its plan to a sealed version, or to a checkpoint that it can go on
 *  from. It opens no database and forks nothing; what comes from outside it is given as ports. */
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { isHeadSettings } from '#lib/ml/learn/head.ts'
import type { Distilling } from '#lib/ml/recipes/recipe.ts'
import { DISTILLING } from '#lib/ml/recipes/distil.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { beginning } from './start/initial-state.ts'
import { withBody } from './start/choose-backbone.ts'
import { distilled } from './teach/distil.ts'
import { halves } from './data/halves.ts'
import { learntHead } from './learn/head.ts'
import { learnerSpec, learntSteps } from './learn/steps.ts'
import { isTransfer, learntTransfer } from './learn/transfer.ts'
import { liveTeachers } from './teach/live-teachers.ts'
import { buildPack, hasPack, openPack, packName, snapshotHash, type Pack } from './data/pack.ts'
import { packFile, planFile, readSamples, writeJson, type RunPlan } from './plan.ts'
import type { RunPorts } from './ports.ts'
import { seal } from './seal/seal.ts'
import { taught } from './teach/teacher.ts'

export async function runTraining(folder: string, planned: RunPlan, ports: RunPorts): Promise<void> {
  const plan = await withBody(planned, ports)
  if (plan !== planned) await writeJson(planFile(folder), plan)
  using pack = await packOf(folder, plan, ports)
  const begun = await beginning(plan, pack)
  const { say, engine, signal } = ports
  const { settings } = plan.recipe
  if (!isHeadSettings(settings) && !isTransfer(settings))
    // refuses what does not fit before a teacher is asked
    learnerSpec({ plan, settings, ...begun }, { images: settings.batch, engine: engine.name })
  const asked = await teachersOf(plan)
  const training = await taught(
    asked.once === null
      ? pack.set('train', plan.classes)
      : await withTeacher(
          pack.set('train', plan.classes),
          { teacher: asked.once, how: asked.how },
          plan,
          ports,
        ),
    { plan, engine, signal },
  )
  await using live =
    asked.live.length === 0
      ? null
      : await liveTeachers(asked.live, { classes: plan.classes, how: asked.how, engine })
  if (live)
    say({
      kind: 'note',
      message:
        `${asked.live.length === 1 ? '1 teacher version runs' : `${asked.live.length} teacher versions run`} ` +
        'at each step on the same batch.',
    })
  const { choosing, calibrating } = halves(pack.set('validation', plan.classes), plan.classes.length)
  const about = {
    folder,
    plan,
    ...begun,
    training,
    choosing,
    held: choosing.count + calibrating.count,
    ...(live && { teach: live.teach }),
  }
  const learnt = isHeadSettings(settings)
    ? await learntHead({ ...about, settings }, ports)
    : isTransfer(settings)
      ? await learntTransfer({ ...about, settings }, ports)
      : await learntSteps({ ...about, settings }, ports)
  if (learnt === 'cancelled') {
    say({ kind: 'cancelled' })
    return
  }
  say({ kind: 'note', message: 'Evaluating the best epoch on the test set and saving it.' })
  await seal({ plan, ...learnt, pack, calibrating, choosing, trained: training.count }, ports)
  say({ kind: 'sealed', folder: plan.out })
}

type Teachers = { readonly live: readonly string[]; readonly once: string | null; readonly how: Distilling }

const NO_TEACHERS: Teachers = { live: [], once: null, how: DISTILLING }

/** Those that see pictures as the student does stand beside it; one that sees them in another size is asked
 *  before. */
async function teachersOf({ teachers = [], recipe: { settings }, spec }: RunPlan): Promise<Teachers> {
  const how = isHeadSettings(settings) ? undefined : settings.distil
  if (!how) return NO_TEACHERS
  const specs = await Promise.all(teachers.map(async (folder) => (await readBundle(folder)).preprocess))
  const others = teachers.filter((_, i) => !isDeepStrictEqual(specs[i], spec))
  if (others.length === 0) return { live: teachers, once: null, how }
  if (teachers.length > 1)
    throw new DarkroomError('invalid_input', {
      what: 'These teachers cannot be combined',
      why: `${others[0]} preprocesses images differently from the network being trained`,
      remedy: 'Set one teacher, or several with the same preprocessing.',
    })
  return { live: [], once: teachers[0]!, how }
}

/** With what a teacher answers to the same pictures, each seen in the size that it knows. */
async function withTeacher(
  set: SampleSet,
  { teacher, how }: { readonly teacher: string; readonly how: Distilling },
  plan: RunPlan,
  { samples, engine, say, signal }: RunPorts,
): Promise<SampleSet> {
  let seen: Pack | undefined
  try {
    return await distilled(
      set,
      { teacher, classes: plan.classes, how },
      {
        engine,
        signal,
        say: (message) => say({ kind: 'note', message }),
        async seenBy(spec) {
          if (packName('', spec) === packName('', plan.spec)) return set // the same squares, scaled otherwise
          seen = await openPack(
            plan.packs,
            await buildPack({
              folder: plan.packs,
              spec,
              samples: samples(plan),
              maxPixels: plan.maxPixels,
              onProgress: () => undefined,
              signal,
            }),
          )
          return seen.set('train', plan.classes)
        },
      },
    )
  } finally {
    seen?.[Symbol.dispose]()
  }
}

async function packOf(folder: string, plan: RunPlan, { samples, say, signal }: RunPorts): Promise<Pack> {
  const known = await readFile(packFile(folder), 'utf8').then(
    (text): string => JSON.parse(text),
    () => expectedPack(folder, plan),
  )
  if (known && (await hasPack(plan.packs, known))) return openPack(plan.packs, known)
  say({ kind: 'note', message: 'Decoding the images once.' })
  const name = await buildPack({
    folder: plan.packs,
    spec: plan.spec,
    samples: samples(plan),
    maxPixels: plan.maxPixels,
    onProgress: (done) => {
      if (done % 5000 === 0) say({ kind: 'note', message: `${done.toLocaleString('en')} images decoded.` })
    },
    signal,
  })
  await writeJson(packFile(folder), name)
  return openPack(plan.packs, name)
}

/** Of kept samples the snapshot is known before any is decoded. */
const expectedPack = async (folder: string, plan: RunPlan): Promise<string | null> =>
  plan.samples.kind === 'kept' ? packName(snapshotHash(await readSamples(folder)), plan.spec) : null
