import { expect, test } from 'vitest'
import { fingerprintOf } from '#lib/domain/near-copies.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { copiesSentence, createCopyCount } from './copy-count.ts'

test('sixty images with fifty near-copies are ten different ones', () => {
  expect(copiesSentence({ images: 60, groups: 10, nearCopies: 50 })).toBe(
    '60 images, of which 50 are near-copies: 10 different ones',
  )
  expect(copiesSentence({ images: 9, groups: 9, nearCopies: 0 })).toBeNull()
})

test('copies are counted as images arrive', () => {
  const copies = createCopyCount()
  const lighter = (seed: number, by: number) => {
    const image = drawShape('star', seed)
    return fingerprintOf({ ...image, data: image.data.map((value) => Math.min(255, value * by)) })
  }

  copies.add(lighter(1, 1))
  copies.add(lighter(2, 1))
  copies.add(null)
  expect(copies.sentence()).toBeNull()

  copies.add(lighter(1, 1.04))
  expect(copies.sentence()).toBe('4 images, of which 1 is a near-copy: 3 different ones')
})
