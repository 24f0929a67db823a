import { expect, test } from 'vitest'
import { drawShape } from '../drawn-shapes.ts'
import { imageLinks } from './image-links.ts'
import { fingerprintOf } from './near-copies.ts'
import type { RgbImage } from '../image.ts'

const at = (seconds: number, camera = 'Acme 7') => ({ takenAtMs: seconds * 1_000, camera })
const star = drawShape('star', 1)
const darker = (image: RgbImage, by: number) => ({ ...image, data: image.data.map((value) => value * by) })
/** As alike as a whole as the next frame of a burst, but no copy: something moved through the scene. */
const moved = (image: RgbImage): RgbImage => ({
  ...image,
  data: image.data.map((value, i) => (i % (image.width * 3) < image.width * 0.75 ? 40 : value)),
})
const traits = (image: RgbImage, shot: ReturnType<typeof at> | null) => ({
  fingerprint: fingerprintOf(image),
  shot,
})

test('frames of a burst are linked by time and camera, and a copy by its pixels', () => {
  const images = [
    traits(star, at(0)),
    traits(moved(star), at(1)),
    traits(drawShape('ring', 9), at(100)),
    traits(darker(star, 0.95), null),
  ]

  expect([...imageLinks(images)].flat()).toEqual([
    [0, 1],
    [0, 3],
  ])
})

test('photographs of different things within two seconds, or with another camera, are not a burst', () => {
  const other: RgbImage = { ...star, data: star.data.map((_, i) => (i * 7) % 256) }

  expect([...imageLinks([traits(star, at(0)), traits(other, at(1))])].flat()).toEqual([])
  expect([...imageLinks([traits(star, at(0)), traits(moved(star), at(1, 'Other'))])].flat()).toEqual([])
})

test('the links of bursts come first, then those of each image, the first one included', () => {
  expect([...imageLinks([traits(star, null)])]).toEqual([[], []])
})
