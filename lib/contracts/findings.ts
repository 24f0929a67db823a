/** What is wrong with the images of a classifier: findings by kind, with the images, how severe it is and what helps;
 *  and the report that finds them. */
import { z } from 'zod'
import { FINDING_KINDS, REMEDIES } from '#lib/domain/findings/finding.ts'
import { contract } from './contract.ts'
import { chosenClassifier, classifierId, flag, id, nextCursor, page, probability, time } from './fields.ts'

/** Samples of one finding in an answer; `samples_total` counts all. */
export const MOST_SAMPLES_OF_FINDING = 100

export const findingKind = z.enum(FINDING_KINDS)
const remedy = z.enum(REMEDIES)

export const setFinding = z.object({
  id,
  kind: findingKind,
  severity: probability.describe('comparable within a kind only'),
  detail: z.string().describe('one sentence with the numbers'),
  suggested_label: z
    .string()
    .nullable()
    .describe(
      '`mislabelled`: the class that the image probably shows; `too_few`, `imbalance`: the class concerned',
    ),
  labels: z.array(z.string()).describe('the classes to choose from, if the images have several labels'),
  remedies: z
    .array(remedy)
    .describe('what helps; `keep_one` keeps the first of the samples and excludes the others'),
  samples: z
    .array(
      z.object({
        id,
        label: z.string().nullable(),
        split: z.enum(['train', 'validation', 'test']).nullable(),
        filename: z.string().nullable(),
        width: z.number().int(),
        height: z.number().int(),
        is_excluded: z.boolean(),
        image_url: z.string(),
      }),
    )
    .describe(`at most ${MOST_SAMPLES_OF_FINDING}; empty where it is about a class or a file`),
  samples_total: z.number().int(),
})
export type SetFinding = z.output<typeof setFinding>

const report = z.object({
  state: z
    .enum(['none', 'queued', 'running', 'done', 'failed'])
    .describe('none: the images were never checked'),
  done: z.number().int().describe('images processed, while it runs'),
  total: z.number().int(),
  images: z.number().int().describe('images that the findings are about'),
  computed_at: time.nullable().describe('when the last check was completed; null: never'),
  error: z.string().nullable(),
  unknown: z
    .array(findingKind)
    .describe('kinds that could not be checked, for example because no version has been trained'),
})
export type FindingReportAnswer = z.output<typeof report>

export const listFindings = contract({
  method: 'GET',
  path: '/api/findings',
  scope: 'view',
  summary: 'List what is wrong with the images of a classifier, by kind, the most severe first',
  input: z.object({
    ...chosenClassifier,
    ...page,
    kind: findingKind.optional(),
    upload: id.optional().describe('only findings about images of this upload'),
    dismissed: flag.optional().describe('true: those that were dismissed, instead of the open ones'),
  }),
  output: z.object({
    classifier: classifierId,
    report,
    kinds: z
      .array(z.object({ kind: findingKind, count: z.number().int(), remedies: z.array(remedy) }))
      .describe('of all findings, not only of the requested `kind`'),
    findings: z.array(setFinding),
    dismissed: z.number().int().describe('findings that were dismissed, of all kinds'),
    ...nextCursor,
  }),
  errors: ['not_found'],
})

/** As many as one finding can have in a set of ordinary size. */
const MOST_DISMISSED = 10_000

export const dismissFindings = contract({
  method: 'PATCH',
  path: '/api/findings',
  scope: 'edit',
  summary: 'Dismiss findings about images with which nothing is wrong, or list them again',
  body: 'json',
  input: z.object({
    ...chosenClassifier,
    kind: findingKind,
    samples: z.array(id).min(1).max(MOST_DISMISSED),
    is_dismissed: z
      .boolean()
      .describe('true: not listed again while the image has its label; false: listed again'),
  }),
  output: z.object({
    classifier: classifierId,
    changed: z.number().int().describe('number of images for which this changed'),
  }),
  errors: ['not_found'],
})

export const cancelFindings = contract({
  method: 'DELETE',
  path: '/api/findings',
  scope: 'edit',
  summary:
    'Cancel the check of the images of a classifier, with its map and learning curve; what was found before stays',
  input: z.object({ ...chosenClassifier }),
  output: z.object({ classifier: classifierId, report }),
  errors: ['not_found'],
})

export const checkFindings = contract({
  method: 'POST',
  path: '/api/findings',
  scope: 'edit',
  summary:
    'Check the images of a classifier again, in the background; uploads and training runs also do this',
  body: 'json',
  status: 202,
  input: z.object({ ...chosenClassifier }),
  output: z.object({ classifier: classifierId, report }),
  errors: ['not_found'],
})
