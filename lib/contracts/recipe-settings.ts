/** The recipe of a run as JSON: its kind, its name and its settings. Their meaning is documented at the types of
 *  lib/ml/recipes/recipe.ts. Unknown settings are refused, because a run without them is another run. */
import { z } from 'zod'

const count = z.number().int().min(0)

export const headSettings = z.strictObject({
  epochs: count,
  strongest: z.number(),
  fall: z.number(),
  patience: count,
  steps: count,
  tolerance: z.number(),
  fewestToChooseBy: count,
  parts: count,
  mirrored: z.boolean(),
  classBalance: z.number().nullable(),
})

const optimiser = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sgd'),
    momentum: z.number(),
    nesterov: z.boolean(),
    weightDecay: z.number(),
    shiftPace: z.number().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('adam'),
    beta1: z.number().exactOptional(),
    beta2: z.number().exactOptional(),
    epsilon: z.number().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('adamw'),
    weightDecay: z.number(),
    beta1: z.number().exactOptional(),
    beta2: z.number().exactOptional(),
    epsilon: z.number().exactOptional(),
  }),
])

const rate = z.strictObject({
  peak: z.number(),
  warmUpEpochs: z.number(),
  end: z.number(),
  reduce: z.strictObject({ patience: count, factor: z.number() }).exactOptional(),
})

const augment = z.strictObject({
  flip: z.union([z.boolean(), z.literal('alternating')]).exactOptional(),
  shift: z.number().exactOptional(),
  rotate: z.number().exactOptional(),
  zoom: z.number().exactOptional(),
  brightness: z.number().exactOptional(),
  contrast: z.number().exactOptional(),
  colour: z.number().exactOptional(),
  cutout: z.number().exactOptional(),
})

export const gradientSettings = z.strictObject({
  epochs: count,
  batch: count,
  optimiser,
  rate,
  augment,
  labelSmoothing: z.number(),
  averageDecay: z.number(),
  patience: count,
  clipNorm: z.number().nullable(),
  precision: z.enum(['auto', 'float32', 'bfloat16']),
  isWhitened: z.boolean().exactOptional(),
  beginsAsIdentity: z.boolean().exactOptional(),
  distil: z.strictObject({ share: z.number(), temperature: z.number() }).exactOptional(),
})

export const transferSettings = gradientSettings.extend({
  transfer: z.strictObject({ head: headSettings, share: z.number() }),
})

const name = z.string().min(1)

export const recipePlan = z.discriminatedUnion('kind', [
  /** A network of its own, from random weights. */
  z.strictObject({ kind: z.literal('scratch'), name, settings: gradientSettings }),
  /** The whole network of a version. */
  z.strictObject({ kind: z.literal('finetune'), name, settings: gradientSettings }),
  /** Another network: its last layer first, then its upper part or all of it. */
  z.strictObject({ kind: z.literal('transfer'), name, settings: transferSettings }),
  /** Only the last layer. */
  z.strictObject({ kind: z.literal('head'), name, settings: headSettings }),
])
export type RecipePlan = z.output<typeof recipePlan>
