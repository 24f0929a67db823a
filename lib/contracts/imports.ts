/** Imports in the background: the network of another program, or a whole classifier of another Darkroom. Send the file,
 *  follow the progress, open the result. */
import { z } from 'zod'
import { FITS } from '#lib/domain/classifier.ts'
import { JOB_STATES } from '#lib/domain/jobs.ts'
import { contract, type Part } from './contract.ts'
import { chosenClassifier, className, classifierId, id, nameOf, time, versionName } from './fields.ts'

/** What a network expects its pixels to be when it has no Rescaling layer of its own. */
export const PIXEL_RANGE_NAMES = ['0..1', '-1..1', '0..255'] as const

export const IMPORT_KINDS = ['network', 'classifier'] as const

export const importJob = z.object({
  id,
  url: z.string().describe('the address of this job'),
  state: z.enum(JOB_STATES),
  kind: z
    .enum(IMPORT_KINDS)
    .describe('network: from another program; classifier: a file from GET /api/classifiers/{id}/export'),
  filename: z.string().describe('name of the file that was sent'),
  message: z.string().describe('one sentence: the current step, the result, or why it failed'),
  progress: z.number().min(0).max(100).describe('in percent'),
  classifier: classifierId.nullable().describe('null: not known before the file is read'),
  model_version: versionName.nullable().describe('the new version of a network; null until done'),
  is_live: z.boolean().nullable().describe('whether that version went live; null until done'),
  error: z.string().nullable().describe('why it failed'),
  created_at: time,
  ended_at: time.nullable(),
})
export type ImportJobAnswer = z.output<typeof importJob>

/** In the order of the outputs: a JSON list, or names separated by line breaks or commas. */
const classList = z
  .string()
  .max(250_000)
  .transform((text, context): readonly string[] => {
    const names = namesIn(text)
    const read = z.array(className).min(2).max(1000).safeParse(names)
    if (read.success && new Set(read.data).size === read.data.length) return read.data
    context.addIssue({
      code: 'custom',
      message: 'must be 2 to 1,000 different names, as a JSON list or separated by commas or line breaks',
    })
    return z.NEVER
  })

function namesIn(text: string): unknown {
  const trimmed = text.trim()
  if (trimmed.startsWith('['))
    try {
      return JSON.parse(trimmed)
    } catch {
      return null
    }
  return trimmed
    .split(/[\r\n]/.test(trimmed) ? /[\r\n]+/ : ',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const options = {
  title: nameOf(120).optional().describe('of a new classifier; default: its id'),
  classes: classList
    .optional()
    .describe(
      'of a network, in the order of its outputs: a JSON list, or names separated by commas or line breaks; ' +
        'default: those that its file names, or else the classes of the classifier',
    ),
  pixels: z
    .enum(PIXEL_RANGE_NAMES)
    .optional()
    .describe('input range of a network, if its file does not define it; default: 0..1'),
  fit: z
    .enum(FITS)
    .optional()
    .describe('how images become square for a network; default: as in its program, if known, else stretch'),
}

export const createImportJob = contract({
  method: 'POST',
  path: '/api/imports/jobs',
  scope: 'edit',
  limited: 'upload',
  summary:
    'Import a network from Keras, TensorFlow.js or Teachable Machine as a classifier or as a version of one, or a ' +
    'whole classifier from another Darkroom, in the background: one `file`, or the files of a TensorFlow.js model; ' +
    '`calibration`, a ZIP archive of images, allows 8-bit numbers',
  body: 'parts',
  status: 202,
  formFields: ['classifier', 'title', 'classes', 'pixels', 'fit'],
  input: z.object({ ...chosenClassifier, ...options, parts: z.custom<AsyncIterable<Part>>() }),
  output: z.object({ success: z.literal(true), id, url: z.string(), job: importJob }),
  errors: ['malformed', 'missing_file', 'invalid_input', 'too_large', 'bad_archive', 'conflict'],
})

/** The fields that the form may have as well as the query. */
export const importForm = createImportJob.input.omit({ parts: true })
export type ImportForm = z.output<typeof importForm>

export const listImportJobs = contract({
  method: 'GET',
  path: '/api/imports/jobs',
  scope: 'view',
  summary: 'List the last 20 imports in the background, newest first',
  input: z.object({}),
  output: z.object({ jobs: z.array(importJob) }),
})

export const getImportJob = contract({
  method: 'GET',
  path: '/api/imports/jobs/{id}',
  scope: 'view',
  summary: 'Get an import with its progress',
  input: z.object({ id }),
  output: importJob,
  errors: ['not_found'],
})

export const cancelImportJob = contract({
  method: 'POST',
  path: '/api/imports/jobs/{id}/cancel',
  scope: 'edit',
  summary: 'Cancel an import; nothing of it is kept',
  input: z.object({ id }),
  output: importJob,
  errors: ['not_found', 'conflict'],
})

/** The payload of the job. */
export const importRequest = z.object({
  /** Its folder below DATA_DIR/imports. */
  folder: z.uuid(),
  kind: z.enum(IMPORT_KINDS),
  filename: z.string(),
  /** Of a network: required. Of a whole classifier: another id than its own. */
  classifier: z.string().nullable(),
  title: z.string().nullable(),
  classes: z.array(z.string()).readonly().nullable(),
  pixels: z.enum(PIXEL_RANGE_NAMES).nullable(),
  fit: z.enum(FITS).nullable(),
  hasCalibration: z.boolean(),
  by: z.string(),
})

/** `progress.json` in that folder. */
export const importProgress = z.object({ message: z.string(), percent: z.number() })
export type ImportProgress = z.output<typeof importProgress>

/** The result of the job. */
export const importResult = z.object({
  message: z.string(),
  classifier: z.string(),
  version: z.string().nullable(),
  isLive: z.boolean().nullable(),
})
export type ImportResult = z.output<typeof importResult>

/** `metadata.json` of an image model of Teachable Machine. */
export const teachableMachine = z.object({
  labels: z.array(z.string()).min(2),
  packageName: z.string().startsWith('@teachablemachine/image'),
})
