import { expect, test } from 'vitest'
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { answerDecoding } from './answer-decoding.ts'

const MIB = 1024 ** 2
const bytes = new Uint8Array(encodePng(drawShape('star', 7)))

/** Each image leaves so much unused memory, until it is collected. */
function childThatLeaves(bytesPerImage: number) {
  let [used, collections, waiting] = [40 * MIB, 0, (_: DecodingMessage): void => {}]
  const hear = answerDecoding({
    say: (message) => {
      used += bytesPerImage
      waiting(message)
    },
    usedBytes: () => used,
    endProcess: () => {},
    collectGarbage: () => {
      used = 40 * MIB
      collections += 1
    },
  })
  const decode = (id: number): Promise<DecodingMessage> => {
    const { promise, resolve } = Promise.withResolvers<DecodingMessage>()
    waiting = resolve
    const wish: DecodingRequest['wish'] = { kind: 'size' }
    hear({ kind: 'decode', id, bytes, wish, maxPixels: 1e6, maxBytes: 64 * MIB })
    return promise
  }
  return { decode, collections: () => collections }
}

test('memory of photographs is freed after some of them, not after each, and once no more come', async () => {
  const child = childThatLeaves(7 * MIB)

  for (const id of [1, 2]) expect(await child.decode(id)).toMatchObject({ kind: 'decoded', width: 32 })
  expect(child.collections()).toBe(0)
  await child.decode(3)
  await expect.poll(child.collections, { interval: 1, timeout: 50 }).toBe(1)

  await child.decode(4)
  expect(child.collections()).toBe(1)
  await expect.poll(child.collections).toBe(2)
})

test('memory of a very large image is freed at once', async () => {
  const child = childThatLeaves(100 * MIB)

  await child.decode(1)

  await expect.poll(child.collections, { interval: 1, timeout: 50 }).toBe(1)
})
