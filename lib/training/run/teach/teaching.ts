/** The targets of a run in addition to the labels, and the training set with these targets. The plan names the
 *  teachers; whether they predict each batch or every image once follows from their preprocessing. */
import { isDeepStrictEqual } from 'node:util'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readPreprocess } from '#lib/ml/formats/bundle.ts'
import type { Batch } from '#lib/ml/learn/learner.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Distillation } from '#lib/ml/recipes/recipe.ts'
import { buildPack, openPack, packName, type Pack } from '../data/pack.ts'
import type { RunPorts } from '../ports.ts'
import { withBaseTeacher, type BaseTeacher } from './base-teacher.ts'
import { distil } from './distil.ts'
import { liveTeachers } from './online-distillation.ts'

export type Teaching =
  /** Labels only. */
  | { readonly kind: 'none' }
  /** The version that the run starts with, for its old images that are not on this machine. */
  | ({ readonly kind: 'teacher' } & BaseTeacher)
  /** One version with other preprocessing predicts every training image once. */
  | { readonly kind: 'distil'; readonly folder: string; readonly how: Distillation }
  /** Versions with the preprocessing of the new network predict each batch. */
  | { readonly kind: 'live-teachers'; readonly folders: readonly string[]; readonly how: Distillation }

/** @throws DarkroomError `invalid_input` for several teachers of which one preprocesses otherwise. */
export async function resolveTeaching({ teaching, spec }: RunPlan): Promise<Teaching> {
  if (teaching.kind !== 'distil') return teaching
  const { folders, share, temperature } = teaching
  const how = { share, temperature }
  const specs = await Promise.all(folders.map(readPreprocess))
  const others = folders.filter((_, i) => !isDeepStrictEqual(specs[i], spec))
  if (others.length === 0) return { kind: 'live-teachers', folders, how }
  if (folders.length > 1)
    throw new DarkroomError('invalid_input', {
      what: 'These teachers cannot be combined',
      why: `${others[0]} preprocesses images differently from the network being trained`,
      remedy: 'Choose one teacher, or several with the same preprocessing.',
    })
  return { kind: 'distil', folder: folders[0]!, how }
}

/** The training set with its targets. */
export type TaughtSet = AsyncDisposable & {
  readonly training: SampleSet
  /** Adds the teachers' predictions to the targets of a batch; null without teachers. */
  readonly teach: ((batch: Batch) => Promise<void>) | null
}

export type TeachParts = {
  readonly plan: RunPlan
  readonly ports: RunPorts
  /** Called with the number of images that a teacher has predicted before training. */
  readonly onProgress: (images: number) => void
}

export async function teach(
  training: SampleSet,
  teaching: Teaching,
  { plan, ports, onProgress }: TeachParts,
): Promise<TaughtSet> {
  const { engine, signal, report } = ports
  const { classes, spec } = plan
  switch (teaching.kind) {
    case 'none':
      return fixed(training)
    case 'teacher':
      return fixed(await withBaseTeacher(training, teaching, { classes, spec, engine, onProgress, signal }))
    case 'distil':
      return fixed(await withDistilledTargets(training, teaching, { plan, ports, onProgress }))
    case 'live-teachers': {
      const { folders, how } = teaching
      const live = await liveTeachers(folders, { classes, how, engine })
      const count = folders.length === 1 ? '1 teacher version runs' : `${folders.length} teacher versions run`
      report({ kind: 'note', message: `${count} at each step on the same batch.` })
      return { training, teach: live.teach, [Symbol.asyncDispose]: () => live[Symbol.asyncDispose]() }
    }
  }
}

const fixed = (training: SampleSet): TaughtSet => ({
  training,
  teach: null,
  [Symbol.asyncDispose]: async () => undefined,
})

async function withDistilledTargets(
  training: SampleSet,
  { folder, how }: Extract<Teaching, { kind: 'distil' }>,
  { plan, ports, onProgress }: TeachParts,
): Promise<SampleSet> {
  let pack: Pack | undefined
  try {
    return await distil(
      training,
      { teacher: folder, classes: plan.classes, how },
      {
        engine: ports.engine,
        signal: ports.signal,
        onProgress,
        report: (message) => ports.report({ kind: 'note', message }),
        async imagesFor(spec) {
          if (packName('', spec) === packName('', plan.spec)) return training // the same squares, scaled otherwise
          pack = await openPack(plan.packs, await packFor(spec, plan, ports))
          return pack.set('train', plan.classes)
        },
      },
    )
  } finally {
    pack?.[Symbol.dispose]()
  }
}

const packFor = (spec: Preprocess, plan: RunPlan, { samples, signal }: RunPorts): Promise<string> =>
  buildPack({
    folder: plan.packs,
    spec,
    samples: samples(plan),
    maxPixels: plan.maxPixels,
    onProgress: () => undefined,
    signal,
  })
