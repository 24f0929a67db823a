/** Pretrained networks: those that are installed, those that can be downloaded, and ONNX files as further ones. */
import { z } from 'zod'
import { contract, type Part } from './contract.ts'
import { classifierId, id as uuid } from './fields.ts'

/** Those that Darkroom knows how to download (lib/training/pretrained/catalogue.ts). */
export const CATALOGUE_NAMES = [
  'mobilenet-v2-035',
  'mobilenet-v2',
  'mobilenet-v3-large',
  'efficientnet-lite0',
  'dinov2-small',
] as const
export type CatalogueName = (typeof CATALOGUE_NAMES)[number]

export const NORMALISATIONS = ['imagenet', 'clip', '0..1', '-1..1', '0..255'] as const
export type Normalisation = (typeof NORMALISATIONS)[number]

/** `checksums.json` next to the networks: SHA-256 by name. */
export const checksumPins = z.record(z.string(), z.array(z.string().length(64)).readonly())

export const READINGS = ['vector', 'first-token', 'mean-of-tokens', 'pooled-nchw', 'pooled-nhwc'] as const

const featureChoice = z.object({
  value: z.string().describe('a value of the graph'),
  reading: z.enum(READINGS).describe('how it becomes one vector per image'),
  features: z.number().int().describe('per image'),
  agreement: z
    .number()
    .describe('share of drawn shapes whose nearest other one, by these features, has the same shape'),
})

const network = z.object({
  name: classifierId,
  title: z.string(),
  state: z.enum(['installed', 'available', 'queued', 'running']),
  trained_on: z.string(),
  license: z.string().nullable(),
  host: z.string().nullable().describe('where its maker offers it'),
  size_bytes: z.number().int(),
  published: z.string().nullable().describe('accuracy as its maker states it'),
  features: z.number().int().nullable().describe('per image; null: not known'),
  milliseconds_per_image: z.number().nullable().describe('measured on this machine when it was installed'),
  sha256: z
    .string()
    .nullable()
    .describe('of its file or its weights; null before it is installed, where not known'),
  is_onnx: z.boolean().describe('an ONNX file: never trained further, and not available as tfjs'),
  is_removable: z.boolean(),
  progress: z.number().min(0).max(100).nullable().describe('of its download, in percent'),
})
export type NetworkAnswer = z.output<typeof network>

const uploadedOnnx = z.object({
  file: z.string(),
  state: z.enum(['queued', 'running', 'ready', 'failed']),
  message: z.string().nullable().describe('why it cannot be used'),
  normalisation: z.enum(NORMALISATIONS),
  input_size: z.number().int().nullable(),
  milliseconds_per_image: z.number().nullable(),
  choices: z.array(featureChoice).describe('the most likely one first'),
})
export type UploadedOnnxAnswer = z.output<typeof uploadedOnnx>

export const listBackbones = contract({
  method: 'GET',
  path: '/api/backbones',
  scope: 'view',
  summary:
    'List pretrained networks: installed ones, those that can be downloaded, and an uploaded ONNX file',
  input: z.object({}),
  output: z.object({
    networks: z.array(network),
    upload: uploadedOnnx.nullable(),
    last_failure: z.string().nullable().describe('of the last download or examination'),
  }),
})
export type BackbonesAnswer = z.output<typeof listBackbones.output>

const started = z.object({ success: z.literal(true), message: z.string(), job_id: uuid })
const done = z.object({ success: z.literal(true), message: z.string() })

export const downloadBackbone = contract({
  method: 'POST',
  path: '/api/backbones/{id}/download',
  scope: 'train',
  summary: "Download a known pretrained network from its maker's address, or from BACKBONE_MIRROR",
  status: 202,
  input: z.object({ id: classifierId }),
  output: started,
  errors: ['already_running', 'conflict', 'not_found'],
})

export const removeBackbone = contract({
  method: 'DELETE',
  path: '/api/backbones/{id}',
  scope: 'train',
  summary:
    'Cancel the download of a pretrained network, or remove an installed one; versions keep what they use',
  input: z.object({ id: classifierId }),
  output: done,
  errors: ['conflict', 'not_found'],
})

export const uploadBackbone = contract({
  method: 'POST',
  path: '/api/backbones',
  scope: 'train',
  limited: 'upload',
  summary:
    'Upload an ONNX `file` as a pretrained network; it is examined, and GET /api/backbones shows its features',
  body: 'parts',
  formFields: ['normalisation', 'size', 'layout'],
  status: 202,
  input: z.object({
    normalisation: z
      .enum(NORMALISATIONS)
      .optional()
      .describe('how pixels become numbers; the default is imagenet'),
    size: z.coerce.number().int().min(8).max(512).optional().describe('pixels, where the file takes any'),
    layout: z.enum(['nchw', 'nhwc']).optional().describe('where the file does not say'),
    parts: z.custom<AsyncIterable<Part>>(),
  }),
  output: started,
  errors: ['already_running', 'missing_file', 'too_large', 'invalid_input'],
})

/** The text fields of that form. */
export const onnxUpload = z.object({
  file: z.string(),
  normalisation: z.enum(NORMALISATIONS).default('imagenet'),
  size: z.coerce.number().int().min(8).max(512).optional(),
  layout: z.enum(['nchw', 'nhwc']).optional(),
})
export type OnnxUpload = z.output<typeof onnxUpload>

/** `inspection.json` next to an uploaded file. */
export const onnxPreview = z.object({
  input_size: z.number().int(),
  milliseconds_per_image: z.number(),
  choices: z.array(featureChoice),
})

export type OnnxPreview = z.output<typeof onnxPreview>

/** `refusal.json` there. */
export const onnxRefusal = z.object({ message: z.string() })

export const addBackbone = contract({
  method: 'POST',
  path: '/api/backbones/upload',
  scope: 'train',
  summary: 'Make the uploaded ONNX file a pretrained network, with one of its values as features',
  body: 'json',
  status: 202,
  input: z.object({ name: classifierId, value: z.string().min(1).max(500), reading: z.enum(READINGS) }),
  output: started,
  errors: ['already_running', 'conflict', 'not_found', 'invalid_input'],
})

export const discardBackbone = contract({
  method: 'DELETE',
  path: '/api/backbones/upload',
  scope: 'train',
  summary: 'Discard the uploaded ONNX file',
  input: z.object({}),
  output: done,
  errors: ['not_found'],
})
