import { expect, test } from 'vitest'
import { imageOf } from './images.ts'

const MB = 1024 ** 2

/** Images whose files have this size; counts how many are in memory at the same time. */
function storedFiles(sizeBytes: number) {
  const state = { held: 0, most: 0 }
  const parts = {
    images: {
      find: async (hash: string) => ({
        hash,
        width: 9_000,
        height: 9_000,
        sizeBytes,
        mediaType: 'image/tiff',
      }),
      bytesOf: async () => {
        state.held += 1
        state.most = Math.max(state.most, state.held)
        return Uint8Array.of(1)
      },
      piecesOf: async () => null,
    },
    blobs: { get: async () => null, put: async () => {}, delete: async () => {} },
    thumbnail: async (bytes: Uint8Array) => {
      await new Promise((resolve) => setImmediate(resolve))
      state.held -= 1
      return bytes
    },
  }
  return { state, parts: parts as unknown as Parameters<typeof imageOf>[0] }
}

test.each([
  ['of 40 MB one', 40 * MB, 1],
  ['of 20 MB three', 20 * MB, 3],
])('to make many thumbnails, %s at a time is read', async (_story, sizeBytes, most) => {
  const { state, parts } = storedFiles(sizeBytes)

  const thumbnails = await Promise.all(Array.from({ length: 12 }, (_, i) => imageOf(parts, `${i}`, 128)))

  expect(thumbnails).toHaveLength(12)
  expect(state).toEqual({ held: 0, most })
})
