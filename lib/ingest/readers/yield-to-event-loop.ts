/** Yields to the event loop while images are read from memory: without it nothing else runs in the
 *  process, not even Ctrl-C. Readers that wait for a disk or an archive do not need it. */
import { setImmediate } from 'node:timers/promises'
import type { LabelledImage } from './labelled-image.ts'

/** A few milliseconds of work. */
const IMAGES_A_TURN = 50

export async function* inTurns(
  images: AsyncIterable<LabelledImage> | Iterable<LabelledImage>,
  signal?: AbortSignal,
): AsyncGenerator<LabelledImage> {
  let count = 0
  for await (const image of images) {
    if (count++ % IMAGES_A_TURN === 0) await setImmediate()
    signal?.throwIfAborted()
    yield image
  }
}
