import { expect, test } from 'vitest'
import { colouredBy } from './map-colours.ts'
import type { MapImage } from './map-geometry.ts'

const image = (change: Partial<MapImage>): MapImage => ({
  id: 'a',
  x: 0,
  y: 0,
  class: 0,
  split: 'train',
  finding: null,
  ...change,
})

test('classes keep their colour, and images without a label are last and muted', () => {
  const points = [image({ class: null }), image({}), image({ class: 1 }), image({ class: 1 })]

  const { of, legend } = colouredBy('class', points, ['cat', 'dog'])

  expect(legend).toEqual([
    { name: 'dog', colour: 1, count: 2 },
    { name: 'cat', colour: 0, count: 1 },
    { name: 'Without a label', colour: -1, count: 1 },
  ])
  expect(points.map(of)).toEqual([-1, 0, 1, 1])
})

test('problems are coloured, and images without one are muted', () => {
  const points = [image({}), image({ finding: 'blurry' }), image({ finding: 'mislabelled' })]

  const { of } = colouredBy('problem', points, ['cat'])

  expect(of(points[0]!)).toBe(-1)
  expect(new Set(points.slice(1).map(of)).size).toBe(2)
})
