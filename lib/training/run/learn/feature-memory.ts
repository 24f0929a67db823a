/** How many views of each image the last layer is trained on within the memory that training may use: all features are
 *  in memory at once, in several copies. It measures nothing itself. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { View } from '../../features/views.ts'

/** Copies of each feature while the last layer is trained. Peaks (VmHWM) of 3,000 images with 1,600 features and 1,500
 *  with 4,096, three views each, on `onnx`: 8.2 and 8.3 by folds, 3.8 otherwise. 2026-11. */
const COPIES = { byFolds: 8.3, bySplits: 3.9 } as const
/** Node, the engine and the images in memory. */
const PROCESS_MB = 118

export type FeatureProblem = {
  readonly images: number
  /** Features of one view of an image. */
  readonly length: number
  readonly views: readonly View[]
  readonly isByFolds: boolean
}

/** Peak memory of training a last layer, in MB. */
const headMb = ({ images, length, isByFolds }: FeatureProblem, views: number): number =>
  PROCESS_MB +
  (images * views * length * COPIES[isByFolds ? 'byFolds' : 'bySplits'] * Float32Array.BYTES_PER_ELEMENT) /
    2 ** 20

/** The views without as many of the last ones as do not fit.
 *  @throws DarkroomError `invalid_input` when not even the first fits. */
export function viewsWithin(memoryMb: number, problem: FeatureProblem): readonly View[] {
  const { views } = problem
  for (let count = views.length; count > 0; count--)
    if (headMb(problem, count) <= memoryMb) return views.slice(0, count)
  throw tooLarge(problem, memoryMb)
}

const tooLarge = (problem: FeatureProblem, memoryMb: number): DarkroomError => {
  const { images, length } = problem
  const needed = Math.ceil(headMb(problem, 1))
  const number = (value: number): string => value.toLocaleString('en')
  return new DarkroomError('invalid_input', {
    what: 'The last layer cannot be trained here',
    why:
      `${number(length)} features of each of ${number(images)} images need ${number(needed)} MB, and the limit for a ` +
      `training run is ${number(memoryMb)} MB`,
    remedy:
      `Choose a pretrained network with fewer features, use a machine with more memory, or set ` +
      `TRAIN_MEMORY_MB=${needed} if that much is free.`,
  })
}
