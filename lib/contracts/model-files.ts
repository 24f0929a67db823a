/** Schemas of files written by others, or by another version of this product: models of Keras and
 *  TensorFlow.js, the header of reference.bin, package.json. Files of a bundle have their schemas in bundle.ts. */
import { z } from 'zod'

/** Under DATA_DIR: networks that users imported for their features. */
export const BODIES_FOLDER = 'bodies'

/** A layer, or a whole model, in Keras' configuration. The layers are interpreted elsewhere. */
export const kerasLayer = z.object({
  class_name: z.string(),
  name: z.string().optional(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.unknown().optional(),
})
export type KerasLayer = z.infer<typeof kerasLayer>

const storedTensor = z.object({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.string(),
  quantization: z
    .object({ dtype: z.string(), min: z.number().optional(), scale: z.number().optional() })
    .optional(),
})
export type StoredTensor = z.infer<typeof storedTensor>

/** model.json in the layers format of TensorFlow.js; its topology is Keras' configuration, or has it inside. */
export const layersModel = z.object({
  modelTopology: z.union([z.object({ model_config: kerasLayer }), kerasLayer]),
  weightsManifest: z.array(z.object({ weights: z.array(storedTensor) })),
})

/** The header of a safetensors file, without its remarks. */
export const safetensorsHeader = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.number().int().nonnegative()),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  }),
)

export const referenceHeader = z.object({
  count: z.number(),
  length: z.number(),
  neighbour: z.number(),
  is_centred: z.boolean(),
})

/** `folds.json`: what the layers of a cross-validation answered to images that they were not trained on. */
export const outOfFold = z.object({
  format: z.literal(1),
  folds: z.number().int(),
  rows: z.array(
    z.object({
      hash: z.string(),
      /** images of a group belong together; the first of each counts */
      group: z.number().int(),
      counts: z.boolean(),
      /** one for each class of the version */
      logits: z.array(z.number()),
    }),
  ),
})
export type OutOfFold = z.output<typeof outOfFold>

/** `test.json`: what a version answered to the test images when it was evaluated. */
export const testAnswers = z.object({
  format: z.literal(1),
  /** logits: one for each class of the version */
  rows: z.array(z.object({ hash: z.string(), logits: z.array(z.number()) })),
})
export type TestAnswers = z.output<typeof testAnswers>

export const packageFile = z.object({ version: z.string(), scripts: z.record(z.string(), z.string()) })
