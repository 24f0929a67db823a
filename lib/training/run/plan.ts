/** `plan.json` in a run's folder: all that a training child needs to do one run, and to do it again. Data
 *  alone; who decides what stands in it is lib/training/retrain/decide.ts or the train command. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import type { HeadSettings } from '#lib/ml/learn/head.ts'
import type { RecipeSettings } from '#lib/ml/recipes/recipe.ts'
import type { PackEntry } from './data/pack.ts'
import { replaceFile } from './replace-file.ts'

export type RunPlan = {
  readonly runId: string
  readonly classifier: { readonly id: string; readonly title: string; readonly isMirrorable: boolean }
  /** In the order of the outputs; those of the base come first. */
  readonly classes: readonly string[]
  readonly version: string
  /** The version it begins with; null: none of its own classifier. */
  readonly base: { readonly version: string; readonly folder: string } | null
  /** Whose layers, all but the last, it begins with where it has no version of its own; null: random weights. */
  readonly body: BodyPlan | null
  /** Networks of which the run first chooses one as its body; empty where nothing is to be chosen. */
  readonly bodies: readonly BodyCandidate[]
  readonly recipe: RecipePlan
  readonly spec: Preprocess
  readonly seed: number
  readonly engine: EngineName | 'auto'
  readonly samples: SamplesPlan
  /** What to do for old pictures that are not on this machine; null where they are. */
  readonly teacher: TeacherPlan | null
  /** Folders of versions whose answers are learnt too, where the recipe distils; absent: labels alone. */
  readonly teachers?: readonly string[]
  /** Where packs are kept. */
  readonly packs: string
  /** Where the sealed bundle goes. */
  readonly out: string
  readonly memoryMb: number
  readonly maxPixels: number
  readonly dataName: string
  readonly command: string
  readonly codeVersion: string
  /** Sentences for the card, known before it begins. */
  readonly notes: readonly string[]
}

/** A version of whatever classifier whose features are used; `name` as people read it. */
export type BodyPlan = { readonly name: string; readonly folder: string }

/** With how it sees pictures. */
export type BodyCandidate = BodyPlan & { readonly spec: Preprocess }

export type RecipePlan = { readonly name: string; readonly settings: RecipeSettings | HeadSettings }

export type SamplesPlan =
  /** A data set that a reader opens. */
  | {
      readonly kind: 'dataset'
      readonly name: string
      readonly from: string | null
      readonly downloads: string
      readonly mirror: string | null
      readonly counters: string
    }
  /** Pictures that are kept here; the entries lie beside the plan as `samples.json`. */
  | {
      readonly kind: 'kept'
      readonly databaseFile: string
      readonly dataDir: string
      readonly testOpened: number
    }

/** The base answers for what it learnt from: `share` of each target is its answer, and so many pictures made
 *  by code are shown beside. */
export type TeacherPlan = { readonly share: number; readonly rehearsal: number }

export const planFile = (folder: string): string => join(folder, 'plan.json')
export const samplesFile = (folder: string): string => join(folder, 'samples.json')
/** The name of the pack that the run uses, once it is known. */
export const packFile = (folder: string): string => join(folder, 'pack.json')

export const writeJson = (file: string, value: unknown): Promise<void> =>
  replaceFile(file, [Buffer.from(JSON.stringify(value, null, 1))])

export const readRunPlan = async (folder: string): Promise<RunPlan> =>
  JSON.parse(await readFile(planFile(folder), 'utf8'))
export const readSamples = async (folder: string): Promise<readonly PackEntry[]> =>
  JSON.parse(await readFile(samplesFile(folder), 'utf8'))
