/** The classifiers that ship with the product and how each is trained by `npm run train -- <name>`. The results
 *  are on their cards. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { InputSpec } from '#lib/domain/classifier.ts'
import type { RecipeName } from '#lib/ml/recipes/list.ts'

export type ShippedTraining = {
  readonly title: string
  readonly input: InputSpec
  readonly isMirrorable: boolean
  readonly hasDigits: boolean
  readonly recipe: RecipeName
  /** When two cores need another number than the recipe's. */
  readonly epochs: number
  /** The network in models/ that it starts with; absent: random weights. */
  readonly backbone?: string
  /** Null: synthetic images. */
  readonly images: number | null
  /** The data set it is trained on; absent: the one of its own name. */
  readonly dataset?: string
}

export const SHIPPED: Readonly<Record<string, ShippedTraining>> = {
  shapes: {
    title: 'Shapes',
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
    hasDigits: false,
    recipe: 'scratch-small',
    epochs: 25,
    images: null,
  },
  mnist: {
    title: 'Handwritten digits',
    input: { size: 28, channels: 1, fit: 'digit' },
    isMirrorable: false,
    hasDigits: true,
    recipe: 'scratch-best-digits',
    epochs: 10,
    images: 70_000,
  },
  cifar10: {
    title: 'CIFAR-10: ten everyday things',
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
    hasDigits: false,
    recipe: 'scratch-best',
    epochs: 20,
    images: 60_000,
  },
  'cifar10-small': {
    title: 'CIFAR-10, small network',
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
    hasDigits: false,
    recipe: 'scratch-best-small',
    epochs: 30,
    images: 60_000,
    dataset: 'cifar10',
  },
  fruits: {
    title: 'Fruits',
    input: { size: 96, channels: 3, fit: 'contain' },
    isMirrorable: true,
    hasDigits: false,
    recipe: 'scratch-best-photo',
    epochs: 40,
    images: 3_348,
  },
  'leaf-disease': {
    title: 'Leaf diseases',
    input: { size: 96, channels: 3, fit: 'cover' },
    isMirrorable: true,
    hasDigits: false,
    recipe: 'transfer-whole-turned',
    epochs: 40,
    backbone: 'backbone',
    images: 3_199,
  },
  'cats-dogs': {
    title: 'Cats and dogs',
    input: { size: 96, channels: 3, fit: 'cover' },
    isMirrorable: true,
    hasDigits: false,
    recipe: 'transfer-whole',
    epochs: 30,
    backbone: 'backbone',
    images: 4_268,
  },
}

/** Undefined for every unknown name, `constructor` included. */
export const shippedTraining = (name: string): ShippedTraining | undefined =>
  Object.hasOwn(SHIPPED, name) ? SHIPPED[name] : undefined

/** The preprocessing of a classifier's first version: with the mean and spread of ImageNet's photographs, or
 *  of MNIST's digits. */
export function preprocessFor(input: InputSpec): Preprocess {
  const shared = {
    size: input.size,
    channels: input.channels,
    fit: input.fit,
    resize: 'lanczos3',
    ...(input.fit === 'digit' && { ink: 'local' as const }),
  } as const
  if (input.channels === 1) return { ...shared, background: [0, 0, 0], mean: [0.1307], std: [0.3081] }
  return { ...shared, background: [255, 255, 255], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
}
