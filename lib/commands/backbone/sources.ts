/** The inputs of `npm run backbone`: its arguments, the data sets and the two ways of preparing an image. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { preprocessFor } from '#lib/training/shipped/shipped.ts'

export const SETS = ['cats-dogs', 'leaf-disease', 'fruits'] as const
/** 80 classes of objects, 32 × 32 pixels, 25 images each. */
export const UNSEEN = 'ood-cifar100'

export type BackboneArguments = {
  readonly data: string
  readonly tiny: string
  readonly teacher: string
  readonly work: string
  readonly minutes: number
  readonly threads: number
  readonly of: readonly string[]
  readonly part: 'validation' | 'test'
  readonly out: string | undefined
}

export const stop = new AbortController()

export const teacherSpec = (size: number): Preprocess => ({
  size,
  channels: 3,
  fit: 'cover',
  background: [255, 255, 255],
  resize: 'lanczos3',
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
})
export const studentSpec = (size: number): Preprocess => preprocessFor({ size, channels: 3, fit: 'cover' })
