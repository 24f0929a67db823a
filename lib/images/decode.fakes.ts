/** Images and damage for the tests of decoding. */
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { expect } from 'vitest'
import type { RgbImage } from '#lib/domain/image.ts'
import { drawn, greyOf, tiled } from './drawn.fakes.ts'

export const limits = { maxPixels: 1e6 }
export const image = drawn(90, 70)
export const open = (p: RgbImage): Sharp =>
  sharp(p.data, { raw: { width: p.width, height: p.height, channels: 3 } })
export const grey = greyOf(image)
export const few = tiled(90, 70, [
  [0, 0, 0],
  [255, 0, 0],
  [0, 200, 40],
  [250, 250, 250],
]).image
export const wide = (p: RgbImage): Sharp =>
  sharp(
    Uint16Array.from(p.data, (v) => v * 257),
    { raw: { width: p.width, height: p.height, channels: 3 } },
  ).toColourspace('rgb16')

export function furthest(a: RgbImage, b: RgbImage): number {
  expect([a.width, a.height]).toEqual([b.width, b.height])
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i]!)), 0)
}
