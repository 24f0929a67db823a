/** The words for what is learnt: classifier, class, version, engine. Types only; rules about them live in
 *  their own files. */

export const ENGINES = ['tfjs-node', 'onnx', 'wasm'] as const
export type EngineName = (typeof ENGINES)[number]

/** How a picture becomes the network's input square; see lib/ml/preprocess/preprocess. */
export const FITS = ['cover', 'contain', 'stretch', 'digit'] as const
export type Fit = (typeof FITS)[number]

export const SPLITS = ['train', 'validation', 'test'] as const
export type Split = (typeof SPLITS)[number]

/** What a classifier's pictures become: `size × size × channels`. */
export type InputSpec = { readonly size: number; readonly channels: 1 | 3; readonly fit: Fit }

export type Classifier = {
  /** Lower-case letters, digits and dashes; stands in addresses and folder names. */
  readonly id: string
  readonly title: string
  /** In the order of the network's outputs of the champion; new classes are appended. */
  readonly classes: readonly string[]
  readonly input: InputSpec
  /** Whether a mirrored picture still shows its class (not so for digits). */
  readonly isMirrorable: boolean
  /** Whether the classes are the digits 0–9, which earlier clients read as numbers. */
  readonly hasDigits: boolean
  readonly recipe: string
  readonly isShipped: boolean
  readonly createdAt: Date
}
