/** Training while people label: what a classifier does when images were added or corrected, and what it would do
 *  now. */
import { z } from 'zod'
import { AUTO_RETRAIN } from '#lib/domain/auto-retrain.ts'
import { contract } from './contract.ts'
import { classifierId, time, versionName } from './fields.ts'

const policy = z
  .enum(AUTO_RETRAIN)
  .describe(
    'off: nothing; suggest: a note that a training run is worthwhile; on: a training run of the last layer in the ' +
      'background, promoted according to AUTO_PROMOTE',
  )
const AFTER = 'number of new and corrected images, or "nightly": once a night between 2:00 and 6:00'
const after = z.union([z.literal('nightly'), z.number().int()]).describe(AFTER)
const chosenAfter = z
  .union([z.literal('nightly'), z.coerce.number().int().min(1).max(100_000)], {
    error: 'must be a number of images, or "nightly"',
  })
  .describe(AFTER)

export const AUTO_RETRAIN_STATES = [
  'off',
  'up_to_date',
  'waiting',
  'suggest',
  'paused',
  'hindered',
  'busy',
  'due',
] as const

export const getAutoRetrain = contract({
  method: 'GET',
  path: '/api/classifiers/{id}/auto-retrain',
  scope: 'view',
  summary: 'Get the automatic retraining of a classifier: when it starts, and what it would do now',
  input: z.object({ id: classifierId }),
  output: z.object({
    classifier: classifierId,
    policy,
    after,
    is_own_policy: z.boolean().describe('false: AUTO_RETRAIN applies'),
    is_own_after: z.boolean().describe('false: AUTO_RETRAIN_AFTER applies'),
    state: z
      .enum(AUTO_RETRAIN_STATES)
      .describe(
        'waiting: for more images, or for the night; paused: after a failed run; hindered: no run can start now; ' +
          'busy: another training run is in progress; due: a run starts within seconds',
      ),
    message: z.string().describe('the state, in words'),
    live_version: versionName.nullable(),
    new_images: z.number().int().describe('new and corrected images since the live version was trained'),
    corrections: z.number().int().describe('how many of these are corrections'),
    missing: z.number().int().nullable().describe('waiting: how many more images are needed; otherwise null'),
    paused_until: time.nullable(),
    failures: z.number().int().describe('runs that started without a person and failed, one after another'),
    expected_seconds: z
      .number()
      .nullable()
      .describe('what the latest training run of the last layer took; null before the first'),
  }),
  errors: ['not_found'],
})
export type AutoRetrainAnswer = z.output<typeof getAutoRetrain.output>

export const changeAutoRetrain = contract({
  method: 'PATCH',
  path: '/api/classifiers/{id}/auto-retrain',
  scope: 'train',
  summary: 'Change the automatic retraining of a classifier; null restores the setting',
  body: 'json',
  input: z.object({
    id: classifierId,
    policy: policy.nullable().optional(),
    after: chosenAfter.nullable().optional(),
  }),
  output: getAutoRetrain.output,
  errors: ['not_found', 'invalid_input'],
})
