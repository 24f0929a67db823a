/** Fields that several contracts share: ids, times, names, pages of a list. No route of its own. */
import { z } from 'zod'
import { ENGINES, PREDICTION_ENGINES } from '#lib/domain/classifier.ts'
import { visible } from '#lib/domain/text/visible-text.ts'

export const id = z.uuid()
export const time = z.iso.datetime()
export const classifierId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes, at most 63')

/** A name given by a user: trimmed, without invisible characters; no control characters. */
export const nameOf = (most: number) =>
  z
    .string()
    .overwrite(visible)
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'must have no control characters')
export const className = nameOf(200)

/** `v1`, `v2`, … as users read them. */
export const versionName = z.string().regex(/^v[1-9][0-9]{0,5}$/, 'must be a version, such as v2')

export const probability = z.number().min(0).max(1)

/** A share with its 95 % interval (Wilson for one share): pages show it instead of a bare number. */
export const interval = z.object({ value: z.number(), low: z.number(), high: z.number() })

export const engine = z.enum(ENGINES)
/** `remote`: the endpoint of INFERENCE_URL. */
export const predictionEngine = z.enum(PREDICTION_ENGINES)

export const chosenClassifier = { classifier: classifierId.optional() }

/** Lists come in pages: `cursor` is the `next_cursor` of the page before. */
export const page = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
}
export const nextCursor = { next_cursor: z.string().nullable() }

/** A boolean: in JSON true and false; in a query or form, where all is text, `true`, `1`, `yes`, `false`, `0`, `no`. */
export const flag = z.union([z.boolean(), z.stringbool()])

export const problem = z.object({
  success: z.literal(false),
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  error: z.string(),
  instance: z.string(),
  code: z.string(),
  request_id: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
