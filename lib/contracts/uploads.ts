/** Uploading images, the report about the files, undoing an upload, and the resulting samples. */
import { z } from 'zod'
import { SOURCES } from '#lib/domain/classifier.ts'
import { uploadPlan } from './upload-plan.ts'
import { contract, type FileAnswer, type Part } from './contract.ts'
import { inTrash, sampleEdit } from './sample-changes.ts'
import { SAMPLE_SORTS, sampleFilters } from './sample-filters.ts'
import {
  chosenClassifier,
  classifierId,
  id,
  nextCursor,
  page,
  probability,
  time,
  versionName,
} from './fields.ts'

/** Far beyond any set of images. */
const MOST_OFFSET = 100_000_000

/** Why a file did not become a sample, or a remark about one that did. */
export const FILE_FINDINGS = [
  'corrupt',
  'not_an_image',
  'too_large',
  'duplicate_in_upload',
  'already_there',
  'same_picture_other_label',
  'stray_file',
  'refused_entry',
  'no_label',
  'tiny',
  'near_copy',
] as const
export const finding = z.object({
  kind: z.enum(FILE_FINDINGS),
  filename: z.string(),
  detail: z.string(),
  sample_id: id.nullable(),
  labels: z
    .array(z.string())
    .describe('of `same_picture_other_label`: the sample is excluded until one of them is chosen'),
})

export const uploadReport = z.object({
  success: z.literal(true),
  id,
  classifier: classifierId,
  state: z.enum(['running', 'done', 'failed', 'undone']),
  message: z.string().describe('a summary in one sentence: "Uploaded 10 images successfully"'),
  count: z.number().int().describe('samples added'),
  files: z.number().int().describe('number of files processed'),
  per_class: z.array(z.object({ class: z.string(), count: z.number().int(), is_new: z.boolean() })),
  findings: z.array(finding).describe('at most 500; `findings_total` counts all'),
  findings_total: z.number().int(),
  created_at: time,
  error: z.string().nullable(),
  trashed_until: time.nullable().describe('it is in the trash and can be restored until then'),
  plan: uploadPlan
    .nullable()
    .describe('what the files were read as; null for uploads before there were plans'),
  uncertain: uploadPlan.shape.uncertain,
})
/** The answer to `dry_run`: nothing is stored. */
export const uploadDryRun = z.object({
  success: z.literal(true),
  dry_run: z.literal(true),
  classifier: classifierId.nullable(),
  plan: uploadPlan,
})
export type UploadReport = z.output<typeof uploadReport>

export const upload = contract({
  method: 'POST',
  path: '/api/upload',
  scope: 'upload',
  limited: 'upload',
  summary:
    'Upload images: `files` with one `label`, with `labels` (one per file), or a ZIP archive of ' +
    'class folders',
  body: 'parts',
  formFields: [
    'classifier',
    'create',
    'dry_run',
    'label',
    'labels',
    'labels[]',
    'one_group',
    'reading',
    'unlabelled',
  ],
  input: z.object({
    ...chosenClassifier,
    create: z.stringbool().optional().describe('create the classifier if it does not exist'),
    dry_run: z.stringbool().optional().describe('only return the plan; nothing is stored'),
    one_group: z
      .stringbool()
      .optional()
      .describe('the images are frames of one recording: they become one group, which is in one split'),
    unlabelled: z
      .stringbool()
      .optional()
      .describe('the images have no labels yet; folder names and tables are not used as labels'),
    reading: z
      .string()
      .max(500)
      .optional()
      .describe('another reading than the best one: a `reading` of `uncertain`'),
    parts: z.custom<AsyncIterable<Part>>(),
  }),
  output: z.union([uploadReport, uploadDryRun]),
  statusOf: (report) =>
    uploadReport.pick({ state: true }).safeParse(report).data?.state === 'running' ? 202 : 200,
  errors: [
    'malformed',
    'missing_file',
    'too_large',
    'labels_do_not_match',
    'bad_archive',
    'invalid_input',
    'not_found',
    'disk_full',
  ],
})

export const listUploads = contract({
  method: 'GET',
  path: '/api/uploads',
  scope: 'view',
  summary: 'List the uploads, newest first',
  input: z.object({ ...chosenClassifier, ...page }),
  output: z.object({ uploads: z.array(uploadReport), ...nextCursor }),
  errors: ['not_found'],
})

export const getUpload = contract({
  method: 'GET',
  path: '/api/uploads/{id}',
  scope: 'view',
  summary: 'Get the report of an upload',
  input: z.object({ id }),
  output: uploadReport,
  errors: ['not_found'],
})

export const undoUpload = contract({
  method: 'DELETE',
  path: '/api/uploads/{id}',
  scope: 'upload',
  summary:
    'Move an upload with its samples to the trash, where it can be restored for 30 days; versions ' +
    'trained on it are not changed. While its images are being processed: cancel it, so that nothing is added',
  input: z.object({ id }),
  output: uploadReport,
  errors: ['not_found', 'conflict'],
})

export const sample = z.object({
  id,
  classifier: classifierId,
  label: z.string().nullable().describe('null: not labelled yet'),
  split: z.enum(['train', 'validation', 'test']).nullable(),
  hash: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  size_bytes: z.number().int(),
  source: z.enum(SOURCES),
  filename: z.string().nullable(),
  is_excluded: z.boolean(),
  excluded_at: time.nullable(),
  trashed_at: time.nullable(),
  group_id: z.string().nullable(),
  created_at: time,
  image_url: z.string(),
  predicted: z
    .object({ class: z.string(), confidence: probability, version: versionName })
    .nullable()
    .describe(
      'what the live version predicts: by layers that were not trained on the image, else the latest ' +
        'prediction in the history; null where neither is stored',
    ),
})
export type SampleAnswer = z.output<typeof sample>

export const listSamples = contract({
  method: 'GET',
  path: '/api/samples',
  scope: 'view',
  summary: 'List the images of a classifier, newest first unless sorted otherwise',
  input: z.object({
    ...chosenClassifier,
    ...page,
    ...sampleFilters,
    sort: z
      .enum(SAMPLE_SORTS)
      .optional()
      .describe('least_certain: only images with a stored prediction of the live version'),
    offset: z.coerce
      .number()
      .int()
      .min(0)
      .max(MOST_OFFSET)
      .optional()
      .describe('starts at this position of the list instead of after a cursor'),
  }),
  output: z.object({ samples: z.array(sample), total: z.number().int(), ...nextCursor }),
  errors: ['not_found'],
})

export const changeSample = contract({
  method: 'PATCH',
  path: '/api/samples/{id}',
  scope: 'edit',
  summary:
    'Change the label or split of a sample, exclude it from training, move it to the trash, or restore it',
  body: 'json',
  input: z.object({ id, ...sampleEdit }),
  output: sample,
  errors: ['not_found', 'unknown_class', 'invalid_input', 'conflict'],
})

export const deleteSample = contract({
  method: 'DELETE',
  path: '/api/samples/{id}',
  scope: 'edit',
  summary: 'Move a sample to the trash, where it can be restored for 30 days',
  input: z.object({ id }),
  output: z.object({ id, deleted: z.literal(true), ...inTrash }),
  errors: ['not_found'],
})

export const sampleImage = contract({
  method: 'GET',
  path: '/api/samples/{id}/image',
  scope: 'view',
  summary: 'Get the image of a sample, full size or as a thumbnail of `size` pixels',
  answer: 'file',
  input: z.object({ id, size: z.coerce.number().int().min(16).max(1024).optional() }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found', 'file_missing', 'file_damaged'],
})

export const dataSummary = contract({
  method: 'GET',
  path: '/api/data/summary',
  scope: 'view',
  summary: 'Get the number of images per class and split, with example images',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    total: z.number().int(),
    per_class: z.array(
      z.object({
        class: z.string(),
        train: z.number().int(),
        validation: z.number().int(),
        test: z.number().int(),
      }),
    ),
    per_source: z.array(z.object({ source: z.string(), count: z.number().int() })),
    has_original_pictures: z
      .boolean()
      .describe('false: the live version was trained on images that are not on this machine'),
    original: z.object({ name: z.string(), images: z.number().int(), command: z.string() }).nullable(),
  }),
  errors: ['not_found'],
})
