import { expect, test } from 'vitest'
import { augment, sampleSeed, type Augmentation } from './augment.ts'

const square = { size: 9, channels: 3 }
const picture = Uint8Array.from({ length: 9 * 9 * 3 }, (_, i) => (i * 37) % 256)
const shown = (how: Augmentation, { seed = 1, epoch = 1, sample = 7 } = {}) => {
  const out = new Uint8Array(picture.length)
  augment(picture, out, { square, how, seed, epoch, sample })
  return out
}
const columnOf = (square: Uint8Array, x: number) =>
  Array.from({ length: 9 }, (_, y) => square[(y * 9 + x) * 3]!)

test('a recipe without changes shows the picture as it is', () => {
  expect(shown({})).toEqual(picture)
})

test('the same seed, epoch and sample show the same picture; another of any shows another', () => {
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

  expect(shown(how)).toEqual(shown(how))
  expect(shown(how, { seed: 2 })).not.toEqual(shown(how))
  expect(shown(how, { epoch: 2 })).not.toEqual(shown(how))
  expect(shown(how, { sample: 8 })).not.toEqual(shown(how))
})

test('every second picture is mirrored, and a mirrored one is the picture read from right to left', () => {
  const all = Array.from({ length: 400 }, (_, epoch) => shown({ flip: true }, { epoch }))
  const flipped = all.filter((one) => columnOf(one, 0).join() === columnOf(picture, 8).join())
  const kept = all.filter((one) => one.join() === picture.join())

  expect(flipped.length + kept.length).toBe(400)
  expect(flipped.length).toBeGreaterThan(160)
  expect(flipped.length).toBeLessThan(240)
})

test('alternating mirrors show each picture from either side in turn', () => {
  const epochs = Array.from({ length: 10 }, (_, epoch) => shown({ flip: 'alternating' }, { epoch }).join())

  expect(new Set(epochs).size).toBe(2)
  expect(epochs.slice(2)).toEqual(epochs.slice(0, -2))
  expect(epochs[0]).not.toBe(epochs[1])
})

test('a shift stays within its pixels and mirrors at the edge', () => {
  const columns = [0, 1, 2, 3].map((x) => columnOf(picture, x).join())

  const seen = new Set(
    Array.from({ length: 300 }, (_, epoch) => columnOf(shown({ shift: 2 }, { epoch }), 0)).map((column) =>
      columns.indexOf(column.join()),
    ),
  )

  // Only those that moved sideways alone keep a whole column: by −2 … +2, where −2 and +2 show column 2, −1
  // and +1 column 1.
  seen.delete(-1)
  expect([...seen].sort()).toEqual([0, 1, 2])
})

test('a turn leaves the middle where it is and a flat picture flat', () => {
  const flat = new Uint8Array(picture.length).fill(90)
  const out = new Uint8Array(picture.length)
  augment(flat, out, { square, how: { rotate: 45, zoom: 0.3 }, seed: 1, epoch: 3, sample: 4 })

  const turned = shown({ rotate: 45 })

  expect(out).toEqual(flat)
  expect([...turned.subarray((4 * 9 + 4) * 3, (4 * 9 + 5) * 3)]).toEqual([
    ...picture.subarray((4 * 9 + 4) * 3, (4 * 9 + 5) * 3),
  ])
})

test('half of the pictures are turned, the others stay as sharp as they are', () => {
  const epochs = Array.from({ length: 200 }, (_, epoch) => shown({ rotate: 20 }, { epoch }))

  const sharp = epochs.filter((square) => square.every((value, i) => value === picture[i])).length

  expect(sharp).toBeGreaterThan(70)
  expect(sharp).toBeLessThan(130)
})

test('a cut-out covers exactly its square with grey', () => {
  const dark = new Uint8Array(picture.length)
  const out = new Uint8Array(picture.length)
  augment(dark, out, { square, how: { cutout: 4 }, seed: 3, epoch: 1, sample: 1 })

  expect(out.filter((v) => v === 128)).toHaveLength(4 * 4 * 3)
})

test('brightness is bounded by its share', () => {
  const grey = new Uint8Array(picture.length).fill(100)
  const lifts = Array.from({ length: 200 }, (_, epoch) => {
    const out = new Uint8Array(picture.length)
    augment(grey, out, { square, how: { brightness: 0.1 }, seed: 3, epoch, sample: 1 })
    return out[0]! - 100
  })

  expect(Math.max(...lifts)).toBeLessThanOrEqual(26)
  expect(Math.max(...lifts)).toBeGreaterThan(15)
  expect(Math.min(...lifts)).toBeLessThan(-15)
})

test('a sample draws its chance from its content', () => {
  expect(sampleSeed('00000010' + 'f'.repeat(56))).toBe(16)
  expect(sampleSeed('ffffffff' + '0'.repeat(56))).toBe(4294967295)
})
