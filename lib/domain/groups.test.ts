import { expect, test } from 'vitest'
import { burstLinks, firstOfGroups, groupCounts, linkedGroups } from './groups.ts'

test('links reach through one another, whatever their order', () => {
  expect([
    ...linkedGroups(6, [
      [4, 5],
      [1, 3],
      [3, 4],
    ]),
  ]).toEqual([0, 1, 2, 1, 1, 1])
})

test('images that one camera took within two seconds of each other are a burst', () => {
  const at = (seconds: number, camera = 'A 1') => ({ takenAtMs: seconds * 1_000, camera })

  expect(burstLinks([at(0), at(2)])).toEqual([[0, 1]])
  expect(burstLinks([at(0), at(2.001)])).toEqual([])

  expect(burstLinks([at(10), at(0), at(11.9), at(14), null, at(0.5, 'B 2')])).toEqual([[0, 2]])
})

test('sixty images with fifty near-copies are ten different ones', () => {
  const groups = Array.from({ length: 60 }, (_, i) => i % 10)

  expect(groupCounts(groups)).toEqual({ images: 60, groups: 10, nearCopies: 50 })
  expect(firstOfGroups(['a', 'b', 'a', 'c', 'b'])).toEqual([true, true, false, true, false])
})
