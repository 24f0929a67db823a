import { expect, test } from 'vitest'
import { decode } from '#lib/images/decode.ts'
import { BOMBS, type Bomb, type BombName } from './bombs.ts'

const SIDE = 200

test.each((Object.keys(BOMBS) as BombName[]).filter((name) => name !== 'avif'))(
  'the bomb "%s" is a valid image of the size in its header',
  async (name) => {
    const { width, height } = await decode((BOMBS[name] as Bomb).make(SIDE), { maxPixels: 1e6 })

    expect([width, height]).toEqual([SIDE, SIDE])
  },
)

test('the AVIF is refused because of its pixels, not its bytes', async () => {
  await expect(decode(BOMBS.avif.make(), { maxPixels: 1e6 })).rejects.toMatchObject({
    code: 'too_many_pixels',
  })
})

test('a different side length gives different bytes', () => {
  expect(BOMBS.webp.make(6999)).not.toEqual(BOMBS.webp.make(7000))
  expect(BOMBS.webp.make(7000)).toHaveLength(38)
})
