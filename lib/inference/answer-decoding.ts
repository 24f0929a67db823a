/**
 * Handles the messages of a decoding child's parent: takes large images, returns what was requested of
 * them. It stores nothing and knows of versions only their preprocessing. An image that takes too much
 * memory ends the process.
 */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { isDarkroomError, messageOf, reportOf } from '#lib/domain/errors.ts'
import { decodeSized } from '#lib/images/decode.ts'
import { corruptImage } from '#lib/images/refusals.ts'
import { sniff } from '#lib/images/sniff.ts'
import { decodeSmall, thumbnail } from '#lib/images/thumbnail.ts'
import { readPreprocess } from '#lib/ml/formats/bundle.ts'
import { prepare } from '#lib/ml/preprocess/preprocess.ts'

/** How often memory is checked, and how far it may exceed the budget because of estimation errors. */
const LOOK_EVERY_MS = 10
const TOLERATED_SHARE = 0.15
const TOLERATED_BYTES = 24 * 1024 ** 2
/** Unused memory up to here stays until no image has come for a moment: freeing it takes as long as decoding a third of
 *  a photograph, which leaves 7 MB. */
const UNUSED_BYTES = 16 * 1024 ** 2
const PAUSE_MS = 100

export type DecodingPorts = {
  readonly say: (message: DecodingMessage, then?: () => void) => void
  /** Bytes that this process uses now. */
  readonly usedBytes: () => number
  readonly endProcess: () => void
  /** Frees unused memory; absent where the process cannot request it. */
  readonly collectGarbage?: (() => void) | undefined
}

export function answerDecoding({
  say,
  usedBytes,
  endProcess,
  collectGarbage,
}: DecodingPorts): (message: DecodingRequest) => void {
  const specs = new Map<string, Promise<Preprocess>>()
  const emptyBytes = usedBytes()
  /** After the last collection. */
  let keptBytes = emptyBytes
  let running = 0
  let pause: NodeJS.Timeout | undefined

  async function answer({ id, bytes, wish, maxPixels, maxBytes }: DecodingRequest): Promise<void> {
    const began = performance.now()
    const watch = setInterval(() => endWhenOver(maxBytes), LOOK_EVERY_MS)
    running += 1
    clearTimeout(pause)
    try {
      const made = await madeOf({ bytes, wish, maxPixels, maxBytes })
      say({ kind: 'decoded', id, ...made, decodeMs: performance.now() - began })
    } catch (error) {
      const refusal = isDarkroomError(error) ? error : corruptImage(sniff(bytes), messageOf(error))
      say({ kind: 'refused', id, failure: reportOf(refusal) })
    } finally {
      clearInterval(watch)
      running -= 1
      if (running === 0) free()
    }
  }

  function free(): void {
    if (usedBytes() - keptBytes > UNUSED_BYTES) collect()
    else pause = setTimeout(collect, PAUSE_MS)
  }

  function collect(): void {
    collectGarbage?.()
    keptBytes = usedBytes()
  }

  async function madeOf({
    bytes,
    wish,
    ...limits
  }: Omit<DecodingRequest, 'kind' | 'id'>): Promise<DecodeOutput> {
    switch (wish.kind) {
      case 'square': {
        const spec = await specOf(wish.folder)
        const [r, g, b] = spec.background
        const { image, width, height } = await decodeSized(bytes, { ...limits, background: { r, g, b } })
        const { square, problem } = prepare(image, spec)
        return { width, height, data: square, dataWidth: spec.size, dataHeight: spec.size, problem }
      }
      case 'size': {
        const { width, height } = await decodeSized(bytes, limits)
        return { width, height, data: new Uint8Array(0), dataWidth: 0, dataHeight: 0, problem: null }
      }
      case 'thumbnail': {
        const { image, width, height } = await decodeSized(bytes, limits)
        return {
          width,
          height,
          data: await thumbnail(image, wish.size),
          dataWidth: wish.size,
          dataHeight: wish.size,
          problem: null,
        }
      }
      case 'raster': {
        const { image, width, height } = await decodeSmall(bytes, wish.side, limits)
        return {
          width,
          height,
          data: image.data,
          dataWidth: image.width,
          dataHeight: image.height,
          problem: null,
        }
      }
    }
  }

  function specOf(folder: string): Promise<Preprocess> {
    const known = specs.get(folder)
    if (known) return known
    const read = readPreprocess(folder)
    specs.set(folder, read)
    read.catch(() => specs.delete(folder))
    return read
  }

  /**
   * A header can declare less than its decoder takes: then this process ends before others run out of
   * memory.
   */
  function endWhenOver(maxBytes: number): void {
    const takenBytes = usedBytes() - emptyBytes
    if (takenBytes > maxBytes * (1 + TOLERATED_SHARE) + TOLERATED_BYTES)
      say({ kind: 'over', usedBytes: takenBytes }, endProcess)
  }

  return (message) => void answer(message)
}

type DecodeOutput = Omit<Extract<DecodingMessage, { kind: 'decoded' }>, 'kind' | 'id' | 'decodeMs'>
