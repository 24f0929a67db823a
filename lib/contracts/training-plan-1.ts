/** Plans and drafts of format 1, which had no `format`: the start of a run and its teachers were in
 *  optional fields, and the kind of a recipe followed from its settings. They are read so that a run that
 *  was stopped before an update can be resumed after it; nothing writes them. */
import { z } from 'zod'
import { preprocess } from './bundle.ts'
import { gradientSettings, headSettings, transferSettings, type RecipePlan } from './recipe-settings.ts'
import {
  PLAN_FORMAT,
  unchangedDraft,
  unchangedPlan,
  type PlannedTeaching,
  type RetrainDraft,
  type RunPlan,
  type RunStart,
} from './training-plan.ts'
import { versionName } from './fields.ts'

const recipe1 = z.object({
  name: z.string(),
  settings: z.union([headSettings, transferSettings, gradientSettings]),
})
const base1 = z.object({ version: versionName, folder: z.string() }).nullable()
const candidates1 = z.array(z.object({ name: z.string(), folder: z.string(), spec: preprocess })).readonly()
const teacher1 = z.object({ share: z.number(), rehearsal: z.number().int() }).nullable()

type Fields1 = {
  readonly recipe: z.output<typeof recipe1>
  readonly base: z.output<typeof base1>
  readonly body: { readonly name: string; readonly folder: string } | null
  readonly bodies: z.output<typeof candidates1>
  readonly teacher: z.output<typeof teacher1>
  readonly teachers: readonly string[]
}

const shared = { recipe: recipe1, base: base1, bodies: candidates1, teacher: teacher1 }

export const runPlan1 = z
  .object({
    ...unchangedPlan,
    ...shared,
    body: z.object({ name: z.string(), folder: z.string() }).nullable(),
    teachers: z.array(z.string()).default([]),
  })
  .transform(({ recipe, base, body, bodies, teacher, teachers, ...rest }): RunPlan => ({
    format: PLAN_FORMAT,
    ...rest,
    ...migrated({ recipe, base, body, bodies, teacher, teachers }),
  }))

export const retrainDraft1 = z
  .object({ ...unchangedDraft, ...shared })
  .transform(({ recipe, base, bodies, teacher, ...rest }): RetrainDraft => ({
    format: PLAN_FORMAT,
    ...rest,
    ...migrated({ recipe, base, body: null, bodies, teacher, teachers: [] }),
  }))

const migrated = (fields: Fields1) => ({
  recipe: recipeOf(fields),
  start: startOf(fields),
  teaching: teachingOf(fields),
})

function recipeOf({ recipe: { name, settings }, base }: Fields1): RecipePlan {
  if ('strongest' in settings) return { kind: 'head', name, settings }
  if ('transfer' in settings) return { kind: 'transfer', name, settings }
  return { kind: base ? 'finetune' : 'scratch', name, settings }
}

function startOf({ base, body, bodies }: Fields1): RunStart {
  if (base) return { kind: 'version', version: base.version, folder: base.folder }
  if (bodies.length > 0) return { kind: 'choose-network', candidates: bodies }
  return body ? { kind: 'network', ...body } : { kind: 'random' }
}

function teachingOf({ recipe: { settings }, base, teacher, teachers }: Fields1): PlannedTeaching {
  if (teacher && base) return { kind: 'teacher', folder: base.folder, ...teacher }
  if (teachers.length > 0 && 'distil' in settings && settings.distil)
    return { kind: 'distil', folders: teachers, ...settings.distil }
  return { kind: 'none' }
}
