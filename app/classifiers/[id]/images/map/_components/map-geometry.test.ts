import { expect, test } from 'vitest'
import {
  areaText,
  centreOf,
  isIn,
  moved,
  nearestTo,
  placeOn,
  WHOLE,
  zoomed,
  type MapImage,
} from './map-geometry.ts'

const at = (x: number, y: number): MapImage => ({
  id: `${x} ${y}`,
  x,
  y,
  class: 0,
  split: null,
  finding: null,
})

test('zooming keeps the place under the pointer, and ends at the whole map', () => {
  const place = [0.8, 0.3] as const
  const near = zoomed(WHOLE, 2, place)

  const share = (view: typeof WHOLE) => (place[0] - view.left) / (view.right - view.left)
  expect(share(near)).toBeCloseTo(share(WHOLE))
  expect(near.right - near.left).toBeCloseTo((WHOLE.right - WHOLE.left) / 2)
  expect(zoomed(near, 1e-9, place)).toEqual(WHOLE)
})

test('moving ends at the border of the map', () => {
  const near = zoomed(WHOLE, 4)

  const { right, bottom } = moved(near, [100, 100])
  expect([right, bottom]).toEqual([WHOLE.right, WHOLE.bottom])
  expect(centreOf(moved(near, [0.5, 0]))[0]).toBeGreaterThan(centreOf(near)[0])
})

test('a place on the canvas is a place on the map', () => {
  const [x, y] = placeOn({ left: 0.2, right: 0.4, top: 0.5, bottom: 0.6 }, [0.5, 0.25])
  expect(x).toBeCloseTo(0.3)
  expect(y).toBeCloseTo(0.525)
})

test('only an image within reach is nearest', () => {
  const points = [at(0.1, 0.1), at(0.5, 0.5)]
  expect(nearestTo(points, [0.48, 0.5], 0.05)).toBe(points[1])
  expect(nearestTo(points, [0.3, 0.3], 0.05)).toBeNull()
})

test('the address contains the images of the rectangle, and nothing outside the map', () => {
  const area = { left: -0.03, top: 0.123456, right: 0.5, bottom: 0.987654 }
  expect(areaText(area)).toBe('0,0.1234,0.5,0.9877')
  expect(isIn(at(0.5, 0.9), area)).toBe(true)
  expect(isIn(at(0.51, 0.9), area)).toBe(false)
})
