import { expect, test } from 'vitest'
import { CAPTION, GAP, gridLayout, placeOf, positionsIn, scrollTo, visibleRange } from './grid-layout.ts'

test('as many columns as fit share the width, and the last row may be shorter', () => {
  const layout = gridLayout(440, 10)

  expect([layout.columns, layout.cell, layout.rows]).toEqual([4, (440 - 3 * GAP) / 4, 3])
  expect(layout.height).toBe(3 * (layout.cell + CAPTION) + 2 * GAP)
  expect(placeOf(layout, 5)).toEqual({ left: layout.cell + GAP, top: layout.rowHeight })
})

test.each([0, 5_000_000])(
  'of 100,000 images only those in view and four rows more are in the document',
  (top) => {
    const layout = gridLayout(1000, 100_000)

    const { first, end } = visibleRange(layout, { top, height: 700 }, 100_000)

    const rows = (end - first) / layout.columns
    expect(rows).toBeLessThanOrEqual(Math.ceil(700 / layout.rowHeight) + 5)
    if (top === 0) expect(first).toBe(0)
  },
)

test('beyond the end of the list nothing is in view', () => {
  expect(visibleRange(gridLayout(440, 3), { top: 100_000, height: 700 }, 3)).toEqual({ first: 3, end: 3 })
})

test('a rectangle selects every image that it touches', () => {
  const layout = gridLayout(440, 10)
  const middle = layout.cell / 2

  const { cell, rowHeight } = layout
  expect(
    positionsIn(layout, { left: middle, top: middle, right: cell + GAP + 1, bottom: rowHeight + 1 }, 10),
  ).toEqual([0, 1, 4, 5])
  expect(positionsIn(layout, { left: 0, top: 2 * rowHeight, right: 439, bottom: 9_999 }, 10)).toEqual([8, 9])
  // between two columns and between two rows there is nothing
  expect(positionsIn(layout, { left: cell + 1, top: 0, right: cell + 2, bottom: 1 }, 10)).toEqual([])
})

test('the grid scrolls as far as needed to show an image, and not if it is in view', () => {
  const layout = gridLayout(440, 1000)
  const view = { top: 10 * layout.rowHeight, height: 2 * layout.rowHeight }

  expect(scrollTo(layout, 41, view)).toBe(view.top)
  expect(scrollTo(layout, 0, view)).toBe(0)
  expect(scrollTo(layout, 100, view)).toBe(26 * layout.rowHeight - GAP - view.height)
})
