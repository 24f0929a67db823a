import { expect, test } from 'vitest'
import { augment, sampleSeed, type Augmentation } from './augment.ts'

const square = { size: 9, channels: 3 }
const image = Uint8Array.from({ length: 9 * 9 * 3 }, (_, i) => (i * 37) % 256)
const augmented = (how: Augmentation, { seed = 1, epoch = 1, sample = 7 } = {}) => {
  const out = new Uint8Array(image.length)
  augment(image, out, { square, how, seed, epoch, sample })
  return out
}
const columnOf = (square: Uint8Array, x: number) =>
  Array.from({ length: 9 }, (_, y) => square[(y * 9 + x) * 3]!)

test('without augmentation the image is unchanged', () => {
  expect(augmented({})).toEqual(image)
})

test('equal seed, epoch and sample give the same image; changing any of them gives another', () => {
  const how: Augmentation = {
    flip: true,
    shift: 3,
    rotate: 20,
    zoom: 0.2,
    brightness: 0.2,
    contrast: 0.2,
    colour: 0.1,
    cutout: 3,
  }

  expect(augmented(how)).toEqual(augmented(how))
  expect(augmented(how, { seed: 2 })).not.toEqual(augmented(how))
  expect(augmented(how, { epoch: 2 })).not.toEqual(augmented(how))
  expect(augmented(how, { sample: 8 })).not.toEqual(augmented(how))
})

test('every second image is mirrored, and a mirrored one is the image read from right to left', () => {
  const all = Array.from({ length: 400 }, (_, epoch) => augmented({ flip: true }, { epoch }))
  const flipped = all.filter((one) => columnOf(one, 0).join() === columnOf(image, 8).join())
  const unchanged = all.filter((one) => one.join() === image.join())

  expect(flipped.length + unchanged.length).toBe(400)
  expect(flipped.length).toBeGreaterThan(160)
  expect(flipped.length).toBeLessThan(240)
})

test('alternating flips mirror each image in every second epoch', () => {
  const epochs = Array.from({ length: 10 }, (_, epoch) =>
    augmented({ flip: 'alternating' }, { epoch }).join(),
  )

  expect(new Set(epochs).size).toBe(2)
  expect(epochs.slice(2)).toEqual(epochs.slice(0, -2))
  expect(epochs[0]).not.toBe(epochs[1])
})

test('a shift stays within its pixels and mirrors at the edge', () => {
  const columns = [0, 1, 2, 3].map((x) => columnOf(image, x).join())

  const columnsSeen = new Set(
    Array.from({ length: 300 }, (_, epoch) => columnOf(augmented({ shift: 2 }, { epoch }), 0)).map((column) =>
      columns.indexOf(column.join()),
    ),
  )

  // Only images that moved sideways alone have a whole column left: by −2 … +2, where −2 and +2 show column 2, −1
  // and +1 column 1.
  columnsSeen.delete(-1)
  expect([...columnsSeen].sort()).toEqual([0, 1, 2])
})

test('a rotation leaves the centre in place and a flat image flat', () => {
  const flat = new Uint8Array(image.length).fill(90)
  const out = new Uint8Array(image.length)
  augment(flat, out, { square, how: { rotate: 45, zoom: 0.3 }, seed: 1, epoch: 3, sample: 4 })

  const turned = augmented({ rotate: 45 })

  expect(out).toEqual(flat)
  expect([...turned.subarray((4 * 9 + 4) * 3, (4 * 9 + 5) * 3)]).toEqual([
    ...image.subarray((4 * 9 + 4) * 3, (4 * 9 + 5) * 3),
  ])
})

test('half of the images are rotated, the others stay sharp', () => {
  const epochs = Array.from({ length: 200 }, (_, epoch) => augmented({ rotate: 20 }, { epoch }))

  const sharp = epochs.filter((square) => square.every((value, i) => value === image[i])).length

  expect(sharp).toBeGreaterThan(70)
  expect(sharp).toBeLessThan(130)
})

test('a cut-out covers exactly its square with grey', () => {
  const dark = new Uint8Array(image.length)
  const out = new Uint8Array(image.length)
  augment(dark, out, { square, how: { cutout: 4 }, seed: 3, epoch: 1, sample: 1 })

  expect(out.filter((v) => v === 128)).toHaveLength(4 * 4 * 3)
})

test('brightness is bounded by its share', () => {
  const grey = new Uint8Array(image.length).fill(100)
  const lifts = Array.from({ length: 200 }, (_, epoch) => {
    const out = new Uint8Array(image.length)
    augment(grey, out, { square, how: { brightness: 0.1 }, seed: 3, epoch, sample: 1 })
    return out[0]! - 100
  })

  expect(Math.max(...lifts)).toBeLessThanOrEqual(26)
  expect(Math.max(...lifts)).toBeGreaterThan(15)
  expect(Math.min(...lifts)).toBeLessThan(-15)
})

test('the seed of a sample depends on its content', () => {
  expect(sampleSeed('00000010' + 'f'.repeat(56))).toBe(16)
  expect(sampleSeed('ffffffff' + '0'.repeat(56))).toBe(4294967295)
})
