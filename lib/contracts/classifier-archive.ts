/** The file of a whole classifier, for another Darkroom: `classifier.json` and the lines of `samples.jsonl`; and the
 *  routes that write and read it. Images, snapshots and bundles are files of their own next to them. */
import { z } from 'zod'
import { AUTO_RETRAIN } from '#lib/domain/auto-retrain.ts'
import { FITS, SOURCES, SPLITS } from '#lib/domain/classifier.ts'
import { FINDING_KINDS } from '#lib/domain/findings/finding.ts'
import { AUTO_PROMOTE } from '#lib/domain/evaluation/gate.ts'
import { visible } from '#lib/domain/text/visible-text.ts'
import { contract, type FileAnswer, type Part } from './contract.ts'
import { chosenClassifier, className, classifierId, engine, nameOf, time } from './fields.ts'
import { storedPoints, storedRobustness, storedRunImages, storedVerdict } from './stored-json.ts'

export const ARCHIVE_FORMAT = 'darkroom-classifier/1'

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal')
const HIGHEST_NUMBER = 999_999
/** A version or a run within the archive. */
const number = z.number().int().min(1).max(HIGHEST_NUMBER)
const place = z.number().int().min(0).max(HIGHEST_NUMBER)

export const archivedSample = z.object({
  hash,
  label: className.nullable(),
  split: z.enum(SPLITS).nullable(),
  is_split_given: z.boolean(),
  source: z.enum(SOURCES),
  filename: z.string().max(255).overwrite(visible).nullable(),
  group: z.string().max(100).nullable(),
  excluded_at: time.nullable(),
  created_at: time,
  labelled_at: time,
  /** Findings that were dismissed for it; archives of earlier versions have none. */
  dismissals: z
    .array(
      z.object({
        kind: z.enum(FINDING_KINDS),
        label: className.nullable(),
        by: z.string().max(200).overwrite(visible),
        at: time,
      }),
    )
    .max(FINDING_KINDS.length)
    .default([]),
  image: z.object({
    media_type: z.string().max(50),
    width: z.number().int().min(1),
    height: z.number().int().min(1),
  }),
})
export type ArchivedSample = z.output<typeof archivedSample>

const shownText = z.string().max(2_000).overwrite(visible)

const archivedRun = z.object({
  snapshot: hash.nullable(),
  recipe: shownText,
  base_version: number.nullable(),
  engine: engine.nullable(),
  epochs: place,
  epoch: place,
  message: shownText,
  images: storedRunImages.nullable(),
  points: storedPoints,
  verdict: storedVerdict.nullable(),
  is_promoted: z.boolean(),
  is_automatic: z.boolean(),
  seed: z.int32(),
  plan: z.unknown(),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
})

export const classifierArchive = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  darkroom: z.string().describe('the version of Darkroom that wrote it'),
  exported_at: time,
  classifier: z.object({
    id: classifierId,
    title: nameOf(120),
    classes: z.array(className).max(1000),
    size: z.number().int().min(1).max(1024),
    channels: z.union([z.literal(1), z.literal(3)]),
    fit: z.enum(FITS),
    is_mirrorable: z.boolean(),
    has_digits: z.boolean(),
    recipe: shownText,
    last_number: place,
    created_at: time,
    auto_promote: z.enum(AUTO_PROMOTE).nullable(),
    auto_retrain: z.enum(AUTO_RETRAIN).nullable(),
    auto_retrain_after: z
      .string()
      .regex(/^(?:nightly|[1-9]\d{0,5})$/, 'must be a number of images, or nightly')
      .nullable(),
  }),
  samples: z.number().int().describe('lines of samples.jsonl'),
  missing: z.array(z.object({ hash, reason: z.string() })).describe('images that could not be exported'),
  class_renames: z.array(z.object({ from: className, to: className, at: time })),
  snapshots: z.array(z.object({ hash, created_at: time })),
  versions: z.array(
    z.object({
      number,
      parent: shownText.nullable(),
      run: archivedRun.nullable(),
      verdict: storedVerdict.nullable(),
      robustness: storedRobustness.nullable(),
    }),
  ),
  /** Oldest first; the last one names the live version. */
  promotions: z.array(
    z.object({
      version: number,
      kind: z.enum(['promote', 'rollback']),
      by: shownText,
      reason: shownText.nullable(),
      at: time,
    }),
  ),
})
export type ClassifierArchive = z.output<typeof classifierArchive>

export const exportClassifier = contract({
  method: 'GET',
  path: '/api/classifiers/{id}/export',
  scope: 'edit',
  summary:
    'Download a whole classifier as a ZIP archive that POST /api/imports reads: images, labels, splits, groups, ' +
    'snapshots, versions and settings, without the history of predictions',
  answer: 'file',
  input: z.object({ id: classifierId }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found', 'bad_bundle'],
})

export const importClassifier = contract({
  method: 'POST',
  path: '/api/imports',
  scope: 'edit',
  limited: 'upload',
  summary: 'Create a classifier from the `file` that GET /api/classifiers/{id}/export returned',
  body: 'parts',
  status: 201,
  input: z.object({ ...chosenClassifier, parts: z.custom<AsyncIterable<Part>>() }),
  output: z.object({
    success: z.literal(true),
    classifier: classifierId,
    message: z.string(),
    samples: z.number().int(),
    snapshots: z.number().int(),
    versions: z.number().int(),
    missing: z.number().int().describe('images that the archive does not have'),
  }),
  errors: ['conflict', 'missing_file', 'too_large', 'bad_archive', 'bad_bundle', 'invalid_input'],
})
