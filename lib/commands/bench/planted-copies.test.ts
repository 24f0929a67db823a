import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { areCopies, fingerprintOf } from '#lib/domain/grouping/near-copies.ts'
import { decode } from '#lib/images/decode.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { foundCopies, withCopies } from './planted-copies.ts'

test('each image is followed by near-copies of it, which are other files', async () => {
  const bytes = encodePng(drawShape('star', 1))

  const files = await withCopies([{ label: 'star', bytes }], { copies: 3, seed: 1 })

  expect(files.map(({ name }) => name)).toEqual(['0~0', '0~1', '0~2', '0~3'])
  expect(files[0]!.bytes).toBe(bytes)
  const [original, ...copies] = await Promise.all(
    files.map(async (one) => fingerprintOf(await decode(one.bytes, { maxPixels: 1e6 }))),
  )
  expect(copies.map((copy) => areCopies(original!, copy))).toEqual([true, true, true])
  expect(new Set(files.map((one) => Buffer.from(one.bytes).toString('hex'))).size).toBe(4)
})

test('found copies are in the group of their original, and originals in one group are merged', async () => {
  const sample = (filename: string, group: string | null) => ({ id: filename, filename, group_id: group })
  const pages: Record<string, object> = {
    '': {
      samples: [sample('0~0', 'a'), sample('0~1', 'a'), sample('0~2', 'x'), sample('1~0', 'b')],
      next_cursor: 'more',
    },
    more: { samples: [sample('2~0', 'b'), sample('1~1', 'b'), sample('3~0', null)], next_cursor: null },
  }
  const server = createServer((request, response) => {
    const cursor = new URL(request.url!, 'http://test').searchParams.get('cursor') ?? ''
    response.end(JSON.stringify(pages[cursor]))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  expect(await foundCopies(`http://127.0.0.1:${port}`, 'shapes')).toEqual({
    planted: 3,
    found: 2,
    originals: 4,
    merged: 2,
  })
})
