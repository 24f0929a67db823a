import { expect, test } from 'vitest'
import {
  burstLinks,
  copiesSentence,
  firstOfGroups,
  groupCounts,
  joinedGroups,
  linkedGroups,
} from './groups.ts'

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

test('a time that more images have than a camera takes was written by a program, and is no burst', () => {
  const same = (count: number) => Array.from({ length: count }, () => ({ takenAtMs: 5_000, camera: 'A 1' }))

  expect(burstLinks(same(30))).toHaveLength(29)
  expect(burstLinks(same(31))).toEqual([])
})

test('new members join the groups that they are linked with, and linked groups become the oldest one', () => {
  const members = [
    { id: 'a', groupId: 'a' },
    { id: 'b', groupId: 'a' },
    { id: 'c', groupId: 'c' },
    { id: 'd', groupId: null },
    { id: 'e', groupId: null },
  ]

  expect(joinedGroups(members, [[1, 3]])).toEqual(['a', 'a', 'c', 'a', 'e'])
  expect(
    joinedGroups(members, [
      [2, 4],
      [1, 4],
    ]),
  ).toEqual(['a', 'a', 'a', 'd', 'a'])
  expect(
    joinedGroups(
      [
        { id: 'x', groupId: null },
        { id: 'y', groupId: 'g' },
      ],
      [[0, 1]],
    ),
  ).toEqual(['x', 'x'])
})

test('a member that is linked brings its whole group along', () => {
  const members = [
    { id: 'a', groupId: 'a' },
    { id: 'b', groupId: 'b' },
    { id: 'c', groupId: 'b' },
  ]

  expect(joinedGroups(members, [[0, 2]])).toEqual(['a', 'a', 'a'])
})

test('single near-copies and single groups are counted in the singular', () => {
  expect(copiesSentence(groupCounts([1, 2, 2]))).toBe('3 images, of which 1 is a near-copy: 2 different ones')
  expect(copiesSentence(groupCounts([1, 1, 1]))).toBe('3 images, of which 2 are near-copies: 1 different one')
})

test('sixty images with fifty near-copies are ten different ones', () => {
  const groups = Array.from({ length: 60 }, (_, i) => i % 10)

  expect(groupCounts(groups)).toEqual({ images: 60, groups: 10, nearCopies: 50 })
  expect(copiesSentence(groupCounts(groups))).toBe(
    '60 images, of which 50 are near-copies: 10 different ones',
  )
  expect(copiesSentence(groupCounts([1, 2, 3]))).toBeNull()
  expect(firstOfGroups(['a', 'b', 'a', 'c', 'b'])).toEqual([true, true, false, true, false])
})
