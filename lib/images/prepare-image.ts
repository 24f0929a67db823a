/** What an inference child receives of an image: a small one as it is, a large one decoded by the decoding child to
 *  the square that the model needs. */
import type { PreparedImage } from '#lib/contracts/ipc.ts'
import { laneOf } from './decode-placement.ts'
import type { DecodingQueue } from './decoding-queue.ts'

type PrepareSettings = {
  /** Where a call names no limit of its own. */
  readonly maxPixels: number
  readonly patienceMs: number
  /** Of an image of a batch: those before it may take seconds each. */
  readonly bulkPatienceMs: number
}
type PrepareRequest = {
  readonly signal?: AbortSignal
  readonly isBulk?: boolean
  readonly maxPixels?: number
}

/** `folder`: of the model whose square is meant. Refuses what has too many pixels or needs too much memory. */
export const createPrepareImage =
  (decoding: Pick<DecodingQueue, 'decode'>, settings: PrepareSettings) =>
  async (
    bytes: Uint8Array,
    { folder }: { readonly folder: string },
    { signal, isBulk = false, maxPixels = settings.maxPixels }: PrepareRequest,
  ): Promise<Uint8Array | PreparedImage> => {
    if (laneOf(bytes, { maxPixels }, Infinity).isSmall) return bytes
    const { data, width, height, decodeMs, queuedMs, problem } = await decoding.decode(bytes, {
      wish: { kind: 'square', folder },
      maxPixels,
      patienceMs: isBulk ? settings.bulkPatienceMs : settings.patienceMs,
      signal,
    })
    return { square: data, width, height, decodeMs, queuedMs, problem }
  }
