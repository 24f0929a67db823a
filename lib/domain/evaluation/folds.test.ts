import { expect, test } from 'vitest'
import { foldCount, foldRound, FOLDS, roundsFor } from './folds.ts'

const classes = 3
const chanceOf = (seed: number) => {
  let state = seed
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
}

test('no group is in two folds, and each class has its share in each', () => {
  const labels = Array.from({ length: 300 }, (_, i) => i % classes)
  const groups = labels.map((label, i) => `${label} ${Math.floor(i / 9)}`) // three images each

  const { foldOf, folds, isEvaluated } = foldRound({ labels, classes, groups }, chanceOf(1))

  expect(folds).toBe(FOLDS)
  expect(isEvaluated.every(Boolean)).toBe(true)
  for (const group of new Set(groups))
    expect(new Set(groups.flatMap((one, i) => (one === group ? [foldOf[i]] : []))).size).toBe(1)
  for (let fold = 0; fold < folds; fold++)
    for (let label = 0; label < classes; label++) {
      const count = labels.filter((one, i) => one === label && foldOf[i] === fold).length
      expect(count).toBeGreaterThanOrEqual(18)
      expect(count).toBeLessThanOrEqual(21)
    }
})

test('there are no more folds than the rarest class has groups', () => {
  const labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
  const groups = labels.map((_, i) => i)
  const copies = labels.map((label, i) => (label === 1 ? `copy ${i % 2}` : i))

  expect(foldCount({ labels, classes, groups })).toBe(3)
  expect(foldCount({ labels, classes, groups: copies })).toBe(2)
})

test('the only group of a class trains in all folds and is not evaluated', () => {
  const labels = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]
  const groups = labels.map((label, i) => (label === 2 ? 'one burst' : i))

  const { foldOf, isEvaluated } = foldRound({ labels, classes, groups }, chanceOf(2))

  expect([...foldOf.slice(8)]).toEqual([-1, -1])
  expect(isEvaluated.slice(8)).toEqual([false, false])
  expect(isEvaluated.slice(0, 8).every(Boolean)).toBe(true)
})

test('an image that is not evaluated is left out with its group and trains otherwise', () => {
  const labels = [0, 0, 0, 1, 1, 1]
  const groups = ['a', 'a', 'b', 'c', 'd', 'e']
  const isEvaluatedOf = [true, false, true, true, true, false]

  const { foldOf, isEvaluated } = foldRound(
    { labels, classes: 2, groups, isEvaluated: isEvaluatedOf },
    chanceOf(3),
  )

  expect(isEvaluated).toEqual([true, false, true, true, true, false])
  expect(foldOf[1]).toBe(foldOf[0])
  expect(foldOf[5]).toBe(-1)
})

test('other numbers of chance give other folds', () => {
  const labels = Array.from({ length: 60 }, (_, i) => i % classes)
  const groups = labels.map((_, i) => i)

  const [one, other] = [1, 2].map((seed) => [
    ...foldRound({ labels, classes, groups }, chanceOf(seed)).foldOf,
  ])

  expect(one).not.toEqual(other)
})

test('the fewer images there are, the more rounds of folds are made', () => {
  expect([1, 200, 201, 1_000, 1_001].map(roundsFor)).toEqual([5, 5, 3, 3, 1])
})

test('without two groups in any class nothing is left out', () => {
  const input = { labels: [0, 1], classes: 2, groups: ['a', 'b'] }

  expect(foldCount(input)).toBe(0)
  expect(foldRound(input, chanceOf(4))).toEqual({
    foldOf: Int32Array.of(-1, -1),
    isEvaluated: [false, false],
    folds: 0,
  })
})

test('a class of one group does not limit the folds of a single other class', () => {
  expect(foldCount({ labels: [0, 0, 0, 1], classes: 2, groups: [0, 1, 2, 3] })).toBe(3)
})

test('a group goes to the fold with the fewest of its class, and of equal ones to the smallest', () => {
  const labels = [0, 0, 0, 0, 1, 1, 1]
  const groups = ['a', 'a', 'a', 'b', 'c', 'c', 'd']

  const { foldOf } = foldRound({ labels, classes: 2, groups }, chanceOf(5))

  // a comes first; no fold has any of the class of c, but the other one has no images yet
  expect([...foldOf]).toEqual([0, 0, 0, 1, 1, 1, 0])
})

test('a group of two classes goes to the fold with the smaller share of both, not with the smaller number', () => {
  const members: [group: string, label: number, images: number][] = [
    ['a', 1, 10],
    ['b', 0, 8],
    ['of both', 0, 1],
    ['of both', 1, 1],
    ...['c', 'd', 'e', 'f', 'g'].map((name): [string, number, number] => [name, 1, 1]),
  ]
  const all = members.flatMap(([group, label, images]) =>
    Array.from({ length: images }, () => ({ group, label })),
  )

  const { foldOf } = foldRound(
    { labels: all.map(({ label }) => label), classes: 2, groups: all.map(({ group }) => group) },
    chanceOf(6),
  )

  // 10 of 16 of class 1 are in the first fold, 8 of 9 of class 0 in the second
  expect([foldOf[0], foldOf[10], foldOf[18], foldOf[19]]).toEqual([0, 1, 0, 0])
})
