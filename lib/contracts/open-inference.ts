/** What Darkroom reads of the open inference protocol (KServe v2), and the settings of an endpoint. The requests
 *  are written in lib/inference/open-inference-client.ts. */
import { z } from 'zod'

/** The input of a version that was exported for a server (lib/ml/onnx/serving-graph.ts). */
export const IMAGES_INPUT = 'images'

/** Replaced by the id of the classifier, and by the number of the version: 3 of v3. */
const PLACEHOLDERS = /\{(?:classifier|version)\}/g
const MODELS = '/v2/models/'
/** As `npm run export -- <classifier> --target triton` names them. */
const USUAL_MODEL = `${MODELS}{classifier}/versions/{version}`

export const inferenceUrl = z
  .string()
  .refine(
    isUsable,
    'must be an http or https address without a user name, such as http://triton.example:8000, or with ' +
      'places for {classifier} and {version}, such as http://{classifier}.example/v2/models/{classifier}',
  )

export const inferenceSettings = {
  INFERENCE_URL: inferenceUrl
    .optional()
    .describe(
      'address of a server of the open inference protocol (KServe v2) that computes predictions instead of the ' +
        'local engine',
    ),
  INFERENCE_TOKEN: z.string().min(1).optional().describe('token that INFERENCE_URL expects (Bearer)'),
  INFERENCE_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(2_000)
    .describe('milliseconds after which the local engine predicts instead of INFERENCE_URL'),
}

function isUsable(text: string): boolean {
  const plain = text.replace(PLACEHOLDERS, '1')
  if (/[{}?#]/.test(plain) || !URL.canParse(plain)) return false
  const { protocol, username, password } = new URL(plain)
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === ''
}

export type ModelAddress = { readonly server: string; readonly model: string }

/** @param setting INFERENCE_URL */
export function modelAddress(
  setting: string,
  { classifier, number }: { readonly classifier: string; readonly number: number },
): ModelAddress {
  const address = setting.replace(/\/+$/, '')
  const whole = (address.includes(MODELS) ? address : address + USUAL_MODEL)
    .replaceAll('{classifier}', classifier)
    .replaceAll('{version}', String(number))
  return { server: whole.slice(0, whole.indexOf(MODELS)), model: whole }
}

export const serverMetadata = z.object({ extensions: z.array(z.string()) })

/** Data may be nested by its shape. */
const tensorData = z
  .array(z.unknown())
  .transform((data): unknown[] => data.flat(Infinity))
  .pipe(z.array(z.number()))

export const inferenceResponse = z.object({
  outputs: z.array(
    z.object({ name: z.string(), shape: z.array(z.number().int()), data: tensorData.optional() }),
  ),
})

export const inferenceError = z.object({ error: z.string() })
