import { expect, test } from 'vitest'
import { summarizeOcclusion } from './occlusion-summary.ts'

const dropsWith = (row: number, column: number, drop: number) =>
  Array.from({ length: 7 }, (_, y) =>
    Array.from({ length: 7 }, (_, x) => (y === row && x === column ? drop : 0)),
  )

test.each([
  [0, 0, 'upper left'],
  [0, 3, 'upper middle'],
  [3, 6, 'right'],
  [3, 3, 'middle'],
  [6, 0, 'lower left'],
])('a drop at row %i, column %i is in the %s', (row, column, name) => {
  const { sentence, place } = summarizeOcclusion({ drops: dropsWith(row, column, 0.304) })

  expect(sentence).toBe(
    `The prediction depends most on the ${name}: covering it lowers the probability by 30 points.`,
  )
  expect(place).toMatchObject({ row, column })
})

test('a drop of less than five points makes no region decisive', () => {
  expect(summarizeOcclusion({ drops: dropsWith(2, 2, 0.049) })).toEqual({
    sentence:
      'No single region is decisive: covering any of them lowers the probability by at most 5 points.',
    place: null,
  })
})

test('covering that raises the probability everywhere is not a drop', () => {
  expect(summarizeOcclusion({ drops: [[-0.4]] }).sentence).toContain('at most 0 points')
})
