/** A version that runs in a browser: its description, its weights, and the TensorFlow.js files that run it. */
import { z } from 'zod'
import { preprocess } from './bundle.ts'
import { contract, type FileAnswer } from './contract.ts'
import { chosenClassifier, classifierId, id, versionName } from './fields.ts'

const weightEntry = z.object({
  name: z.string(),
  shape: z.array(z.number().int()),
  dtype: z.literal('float32'),
  quantization: z.object({ dtype: z.literal('float16'), original_dtype: z.literal('float32') }).optional(),
})

/** `model.json` of a bundle, as far as a browser needs it. */
export const storedModel = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.tuple([z.object({ weights: z.array(weightEntry) })]),
})

export const browserModel = z.object({
  id: id.describe('of the version'),
  classifier: classifierId,
  title: z.string(),
  version: versionName,
  classes: z.array(z.string()),
  preprocess,
  temperature: z.number().positive().describe('by which logits are divided; 1 if not calibrated'),
  thresholds: z.object({
    sureness: z
      .object({ threshold: z.number().nullable(), target_error: z.number(), images: z.number().int() })
      .nullable(),
    candidate_mass: z.number().nullable(),
    familiar_up_to: z.number().nullable(),
  }),
  topology: z
    .record(z.string(), z.unknown())
    .describe('`modelTopology` of the layers format of TensorFlow.js'),
  weights: z.array(weightEntry).describe('the tensors in `weights`, in their order'),
  weights_bytes: z.number().int(),
  reference: z
    .object({
      count: z.number().int(),
      length: z.number().int(),
      neighbour: z.number().int(),
      is_centred: z.boolean(),
    })
    .nullable()
    .describe(
      '`reference` holds the centre, if there is one, as `length` float32, then `count` × `length` float16: unit ' +
        'vectors of training images in the feature space; null: distances are not measured',
    ),
  golden: z
    .array(z.object({ png: z.base64(), probabilities: z.array(z.number()) }))
    .describe('images with their uncalibrated probabilities, to test a browser before it is used'),
  tolerance: z.number().describe('the largest difference allowed between those probabilities'),
  engine: z.string().describe('the version of TensorFlow.js, `release` of GET /api/model/browser-engine'),
})
/** A version that a browser runs, as GET /api/model/browser describes it. */
export type BrowserModelAnswer = z.output<typeof browserModel>

export const describeBrowserModel = contract({
  method: 'GET',
  path: '/api/model/browser',
  scope: 'predict',
  limited: 'predict',
  summary: 'Describe the live version, or a named one, as a model that runs in a browser',
  input: z.object({ ...chosenClassifier, version: versionName.optional() }),
  output: browserModel,
  errors: ['not_found', 'not_ready', 'bad_bundle'],
})

export const browserModelFile = contract({
  method: 'GET',
  path: '/api/models/{id}/browser',
  scope: 'predict',
  limited: 'predict',
  summary: 'Get the weights of a version for a browser, or its reference features',
  answer: 'file',
  input: z.object({ id, file: z.enum(['weights', 'reference']) }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found', 'bad_bundle'],
})

/** Served as they are in the packages of TensorFlow.js. */
export const ENGINE_FILES = [
  'tf.js',
  'tf-backend-wasm.js',
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
] as const
export type EngineFile = (typeof ENGINE_FILES)[number]

export const browserEngineFile = contract({
  method: 'GET',
  path: '/api/model/browser-engine',
  scope: 'open',
  summary: 'Get a file of TensorFlow.js, which runs versions in a browser',
  answer: 'file',
  input: z.object({
    file: z.enum(ENGINE_FILES),
    release: z
      .string()
      .regex(/^[0-9.]{1,20}$/)
      .optional()
      .describe('refused if another one is installed; with it, the response may be cached indefinitely'),
  }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found'],
})
