/** The terms of the product: classifier, class, version, engine. Types only; the rules about them are in
 *  their own files. */

import type { AutoPromote } from './evaluation/gate.ts'

export const ENGINES = ['tfjs-node', 'onnx', 'wasm'] as const
export type EngineName = (typeof ENGINES)[number]
/** What computes predictions: an engine of this machine, or the endpoint of INFERENCE_URL. */
export const PREDICTION_ENGINES = [...ENGINES, 'remote'] as const
export type PredictionEngine = (typeof PREDICTION_ENGINES)[number]

/** How an image is fitted into the network's input square; see lib/ml/preprocess/preprocess. */
export const FITS = ['cover', 'contain', 'stretch', 'digit'] as const
export type Fit = (typeof FITS)[number]

export const SPLITS = ['train', 'validation', 'test'] as const
export type Split = (typeof SPLITS)[number]

/** How a sample came in: with an official data set, by an upload, or as a corrected prediction. */
export const SOURCES = ['dataset', 'upload', 'feedback'] as const
export type Source = (typeof SOURCES)[number]

/** The size of the input square: `size × size × channels`. */
export type InputSpec = { readonly size: number; readonly channels: 1 | 3; readonly fit: Fit }

export type Classifier = {
  /** Lower-case letters, digits and dashes; part of URLs and folder names. */
  readonly id: string
  readonly title: string
  /** In the order of the live version's outputs; new classes are appended. */
  readonly classes: readonly string[]
  readonly input: InputSpec
  /** Whether a mirrored image still belongs to its class (not so for digits). */
  readonly isMirrorable: boolean
  /** Whether the classes are the digits 0–9, which clients of the earlier API read as numbers. */
  readonly hasDigits: boolean
  readonly recipe: string
  readonly isShipped: boolean
  /** Its own choice of AUTO_PROMOTE; null: as the setting says. */
  readonly autoPromote: AutoPromote | null
  readonly createdAt: Date
}
