/** The split of an image, determined by its content alone: the same image is never both trained on and tested on,
 *  regardless of who uploads it and when. It does not balance classes; shares hold on average. */
import type { Split } from '../classifier.ts'

/** Of images that were uploaded without a split. */
export const TEST_SHARE = 0.2
export const VALIDATION_SHARE = 0.15
/** Of images that were uploaded for training, when the set has its own test part. */
export const VALIDATION_OF_TRAIN = 0.1

/** @param hash lower-case hex sha256 of the image's bytes. @param values the split its data set names, if
 *  any. */
export function splitOf(hash: string, values: 'train' | 'test' | null): Split {
  if (values === 'test') return 'test'
  const place = placeOf(hash)
  if (values === 'train') return place < VALIDATION_OF_TRAIN ? 'validation' : 'train'
  if (place < TEST_SHARE) return 'test'
  return place < TEST_SHARE + VALIDATION_SHARE ? 'validation' : 'train'
}

/** A number in [0, 1) from the last 48 bits of a hash (the first ones name folders). */
function placeOf(hash: string): number {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`"${hash}" is not a sha256 in hex`)
  return Number.parseInt(hash.slice(-12), 16) / 2 ** 48
}
