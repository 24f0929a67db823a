/** The definition of a training run: the draft in its row, and `plan.json` in its folder, which is all that a
 *  training child needs to do the run, or to repeat it. Data only; its content is decided by
 *  lib/training/retrain or by `npm run train`. Older formats are migrated by training-plan-1.ts. */
import { z } from 'zod'
import { preprocess } from './bundle.ts'
import { recipePlan } from './recipe-settings.ts'
import { engine, versionName } from './fields.ts'

export const PLAN_FORMAT = 2

/** A network whose layers a run can start with, and how it preprocesses images; `name` as people read it. */
const networkCandidate = z.object({
  name: z.string(),
  folder: z.string(),
  spec: preprocess,
  /** its layers are an ONNX file, which is never trained */
  isOnnx: z.literal(true).optional(),
})
export type NetworkCandidate = z.output<typeof networkCandidate>

export const runStart = z.discriminatedUnion('kind', [
  /** Random weights of the recipe's own network. */
  z.object({ kind: z.literal('random') }),
  /** A version of the same classifier, with outputs added for new classes. */
  z.object({ kind: z.literal('version'), version: versionName, folder: z.string() }),
  /** The layers of another network, all but the last. */
  z.object({ kind: z.literal('network'), name: z.string(), folder: z.string() }),
  /** Other networks, of which the run first chooses one. */
  z.object({ kind: z.literal('choose-network'), candidates: z.array(networkCandidate).min(1).readonly() }),
])
export type RunStart = z.output<typeof runStart>

export const plannedTeaching = z.discriminatedUnion('kind', [
  /** Labels only. */
  z.object({ kind: z.literal('none') }),
  /** The version in `folder`, whose old images are not on this machine: `share` of each target is its
   *  prediction, and `rehearsal` images made by code are added with its predictions as targets. */
  z.object({
    kind: z.literal('teacher'),
    folder: z.string(),
    share: z.number(),
    rehearsal: z.number().int().min(0),
  }),
  /** Versions of the same classes in these folders: `share` of each target is the mean of their predictions
   *  at this temperature. */
  z.object({
    kind: z.literal('distil'),
    folders: z.array(z.string()).min(1).readonly(),
    share: z.number(),
    temperature: z.number(),
  }),
])
export type PlannedTeaching = z.output<typeof plannedTeaching>

export const plannedSamples = z.discriminatedUnion('kind', [
  /** A data set that a reader opens. */
  z.object({
    kind: z.literal('dataset'),
    name: z.string(),
    from: z.string().nullable(),
    downloads: z.string(),
    mirror: z.string().nullable(),
    counters: z.string(),
  }),
  /** Images of this machine; the entries are in `samples.json` next to the plan. */
  z.object({
    kind: z.literal('kept'),
    databaseFile: z.string(),
    dataDir: z.string(),
    testOpened: z.number().int(),
  }),
])
export type PlannedSamples = z.output<typeof plannedSamples>

/** Fields that are the same in every format. */
export const unchangedPlan = {
  runId: z.string(),
  classifier: z.object({ id: z.string().min(1), title: z.string(), isMirrorable: z.boolean() }),
  /** In the order of the outputs; those of the base version come first. */
  classes: z.array(z.string()).readonly(),
  version: versionName,
  spec: preprocess,
  seed: z.number().int(),
  engine: z.union([engine, z.literal('auto')]),
  samples: plannedSamples,
  /** Folder of the decoded images. */
  packs: z.string(),
  /** Folder of the new bundle. */
  out: z.string(),
  memoryMb: z.number(),
  maxPixels: z.number(),
  dataName: z.string(),
  command: z.string(),
  codeVersion: z.string(),
  /** Sentences for the card, known before the run starts. */
  notes: z.array(z.string()).readonly(),
}

/** `folds`: all images train, and all are evaluated by cross-validation. Absent: by their splits. */
const evaluationMethod = z.literal('folds').optional()

export const runPlan = z.object({
  format: z.literal(PLAN_FORMAT),
  ...unchangedPlan,
  evaluation: evaluationMethod,
  recipe: recipePlan,
  start: runStart,
  teaching: plannedTeaching,
})
export type RunPlan = z.output<typeof runPlan>

export const unchangedDraft = {
  classes: z.array(z.string()).readonly(),
  spec: preprocess,
  notes: z.array(z.string()).readonly(),
  /** Hashes of the images that the base version was not trained on: they are compared separately. */
  unseen: z.array(z.string()).readonly(),
}

export const retrainDraft = z.object({
  format: z.literal(PLAN_FORMAT),
  ...unchangedDraft,
  evaluation: evaluationMethod,
  recipe: recipePlan,
  start: runStart,
  teaching: plannedTeaching,
})
export type RetrainDraft = z.output<typeof retrainDraft>

const sample = z.object({
  hash: z.string().min(1),
  label: z.string(),
  split: z.enum(['train', 'validation', 'test']),
  /** Images of a group have the same; null or absent: not known. */
  group: z.string().nullish(),
})
/** `samples.json` next to a plan, and the samples of a job that measures a run. */
export const plannedEntries = z.array(sample).readonly()

/** `index.json` of a folder of decoded images: what is in it, and how it was preprocessed. */
export const packIndex = z.object({
  snapshot: z.string(),
  spec: preprocess,
  entries: plannedEntries,
  /** Images that could not be decoded, with the reason. */
  refused: z.array(z.object({ hash: z.string(), reason: z.string() })).readonly(),
})
export type PackIndex = z.output<typeof packIndex>

/** `pack.json` of a run: the name of the folder of its decoded images. */
export const packReference = z.string().min(1)

/** `keys.json` of stored features: an image's hash, and what was done to the image. */
export const featureKeys = z.array(z.string()).readonly()

/** How often commands have used lists of test images, by the hash of the list. */
export const testSetCounts = z.record(z.string(), z.number().int())
