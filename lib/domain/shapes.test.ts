import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { drawShape, SHAPE_SIDE, SHAPES } from './shapes.ts'

test('the same name and seed give the same picture, another seed or name another', () => {
  const image = drawShape('star', 7)

  expect(drawShape('star', 7)).toEqual(image)
  expect([image.width, image.height, image.data.length]).toEqual([
    SHAPE_SIDE,
    SHAPE_SIDE,
    SHAPE_SIDE ** 2 * 3,
  ])
  expect(drawShape('star', 8)).not.toEqual(image)
  expect(drawShape('ring', 7)).not.toEqual(image)
})

test('six hundred pictures are six hundred different ones', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 600; i++)
    seen.add(
      createHash('sha256')
        .update(drawShape(SHAPES[i % 6]!, Math.floor(i / 6)).data)
        .digest('hex'),
    )

  expect(seen.size).toBe(600)
})
