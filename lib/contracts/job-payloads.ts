/** The payload of each kind of job, as the queue stores it. */
import { z } from 'zod'
import { SPLITS } from '#lib/domain/classifier.ts'
import { importRequest } from './imports.ts'
import type { Job, JobKind, JobPayloads } from '#lib/domain/jobs.ts'

const PAYLOADS: { readonly [K in JobKind]: z.ZodType<JobPayloads[K]> } = {
  train: z.object({ runId: z.string(), resume: z.boolean() }),
  evaluate: z.object({ versionId: z.string() }),
  compare: z.object({ championId: z.string(), challengerId: z.string() }),
  backup: z.object({ reason: z.enum(['schedule', 'request']) }),
  backbone: z.object({
    network: z.string().optional(),
    upload: z
      .union([z.literal('examine'), z.object({ name: z.string(), value: z.string(), reading: z.string() })])
      .optional(),
  }),
  import: importRequest,
  predict: z.object({ predictionJobId: z.string() }),
  'predict-anonymous': z.object({ predictionJobId: z.string() }),
  features: z.object({ classifierId: z.string() }),
  findings: z.object({ classifierId: z.string() }),
  robustness: z.object({ versionId: z.string() }),
  probe: z.object({
    classifierId: z.string(),
    name: z.string(),
    draft: z.unknown(),
    some: z.array(z.object({ hash: z.string(), label: z.string(), split: z.enum(SPLITS) })),
    images: z.number(),
  }),
}

/** What a job of this kind installs. */
export const backbonePayload = PAYLOADS.backbone

/** Throws when the stored payload is not one of the job's kind. */
export const payloadOf = ({ kind, payload }: Job): JobPayloads[JobKind] => PAYLOADS[kind].parse(payload)
