import { expect, test } from 'vitest'
import { crossValidatedGain } from './cross-validated.ts'
import { compare, judge, sentence, type PairedAnswer, type Verdict } from './gate.ts'
import { answers } from './paired-answers.fakes.ts'
import { pairedGain } from './statistics.ts'

const folds = { folds: 5, reused: { images: 40, of: 40 } }

test('with few images, a version that was trained on no fewer and is not below is equal', () => {
  const forty = answers({ both: 30, gains: 3, losses: 2, neither: 5 })
  const below = answers({ both: 30, gains: 2, losses: 3, neither: 5 })

  expect(judge(compare(forty, null, folds)).kind).toBe('equal')
  expect(judge(compare(below, null, folds)).kind).toBe('cannot-tell')
  expect(judge(compare(answers({ both: 8, gains: 1, losses: 0, neither: 0 }), null, folds)).kind).toBe(
    'cannot-tell',
  )
  expect(judge(compare(answers({ both: 9, gains: 1, losses: 0, neither: 0 }), null, folds)).kind).toBe(
    'equal',
  )
})

test('up to a tenth of the earlier images may have been removed, which the sentence says', () => {
  const forty = answers({ both: 30, gains: 3, losses: 2, neither: 5 })
  const without = (removed: number) =>
    compare(forty, null, { ...folds, reused: { images: 40 - removed, of: 40 } })

  expect(judge(without(4)).kind).toBe('equal')
  expect(judge(without(5)).kind).toBe('cannot-tell')
  expect(sentence(without(0), { kind: 'equal' })).toContain('trained on at least the same images. ')
  expect(sentence(without(1), { kind: 'equal' })).toContain(
    'the same images, except for 1 that was removed. ',
  )
  expect(sentence(without(4), { kind: 'equal' })).toContain(
    'the same images, except for 4 that were removed. ',
  )
})

test('near-copies of the same images are no reason to call a new version equal', () => {
  const forty = answers({ both: 30, gains: 3, losses: 2, neither: 5 })
  const copies = compare(forty, null, { ...folds, addsOnlyCopies: true })

  expect(judge(copies).kind).toBe('cannot-tell')
  expect(sentence(copies, judge(copies))).toContain(
    'All new images are near-copies of earlier ones, which count once.',
  )
})

test('where cross-validation cannot tell, the sentence names what would help', () => {
  const glass = answers({ both: 20, gains: 1, losses: 6, neither: 13 }).map((one) => ({
    ...one,
    label: 'glass',
  }))
  const c = compare([...answers({ both: 20, gains: 0, losses: 0, neither: 0 }), ...glass], null, folds)

  expect(sentence(c, judge(c))).toMatch(/About \d+ more images, of "glass" first, would settle it\.$/)
})

test('a gain of the large class at the expense of a small one is no improvement', () => {
  const large = answers({ both: 88, gains: 12, losses: 0, neither: 0 }).map((one) => ({ ...one, label: 'a' }))
  const small = answers({ both: 1, gains: 0, losses: 3, neither: 1 }).map((one) => ({ ...one, label: 'b' }))

  const c = compare([...large, ...small], null, folds)

  expect(c.accuracyGain.value).toBeCloseTo((12 / 100 - 3 / 5) / 2, 12)
  expect(judge(c).kind).toBe('cannot-tell')
  expect(sentence(c, judge(c))).toMatch(/: −24\.0 points, with each class counted the same \(/)
  const newOnly = compare([...large.map((one) => ({ ...one, isNew: true })), ...small], null, folds)
  expect(judge(newOnly).kind).toBe('cannot-tell')
})

test('no gain and no loss is equal; a sure gain on few images stays inconclusive', () => {
  const even = answers({ both: 12, gains: 3, losses: 3, neither: 2 })
  const sure = answers({ both: 5, gains: 15, losses: 0, neither: 0 })

  expect(judge(compare(even, null, folds)).kind).toBe('equal')
  expect(judge(compare(sure, null, folds)).kind).toBe('cannot-tell')
  const atZero = { ...compare(even, null, folds), accuracyGain: { value: 0.1, low: 0, high: 0.2 } }
  expect(judge(atZero).kind).toBe('equal')
})

test('only cross-validated versions are compared by the wider interval', () => {
  const some = answers({ both: 800, gains: 60, losses: 40, neither: 100 })
  const pairs = { bothRight: 800, onlyChallengerRight: 60, onlyChampionRight: 40, bothWrong: 100 }

  expect(compare(some, null).accuracyGain).toEqual(pairedGain(pairs))
  expect(compare(some, null, folds).accuracyGain).toEqual(crossValidatedGain(pairs, 5))
})

test('the p-value of a class counts 2.25 times fewer images after five folds', () => {
  const [only] = compare(answers({ both: 10, gains: 2, losses: 8, neither: 0 }), null, folds).classes

  // 0.89 and 3.56 are one and four: of five, at most one by chance, twice (1 + 5) / 2⁵
  expect(only!.pValue).toBeCloseTo(0.375, 12)
})

test.each<[string, Parameters<typeof answers>[0], string]>([
  [
    'the missing images up to thirty',
    { both: 20, gains: 0, losses: 1, neither: 0 },
    'About 9 more images, of',
  ],
  ['a single missing image', { both: 28, gains: 0, losses: 1, neither: 0 }, 'About 1 more image, of'],
])('inconclusive after cross-validation, the sentence counts %s', (_case, counts, words) => {
  const c = compare(answers(counts), null, folds)

  expect(sentence(c, judge(c))).toContain(words)
})

test.each([
  ['first', { glass: 3, metal: 6 }],
  ['last', { metal: 6, glass: 3 }],
])('of two classes the one that is recognised worst is named, also where it comes %s', (_place, right) => {
  const c = compare(
    Object.entries(right).flatMap(([label, both]) =>
      answers({ both, gains: 0, losses: 1, neither: 9 - both }).map((one) => ({ ...one, label })),
    ),
    null,
    folds,
  )

  expect(sentence(c, judge(c))).toContain('of "glass" first')
})

test('where all classes are recognised fully, the sentence names none of them', () => {
  const c = compare(answers({ both: 9, gains: 0, losses: 0, neither: 0 }), null, folds)

  expect(sentence(c, judge(c))).toMatch(/About 21 more images would settle it\.$/)
})

test('cross-validated twins pass as better at most once in twenty, three points worse as not worse once in 100', () => {
  const twins = simulate(300, 0.03, 0.03, 1_000)
  const worse = simulate(300, 0.02, 0.05, 1_000)

  expect(twins.filter((kind) => kind === 'better').length).toBeLessThanOrEqual(15)
  expect(worse.filter((kind) => kind === 'not-worse' || kind === 'better').length).toBeLessThanOrEqual(3)
})

/** Verdicts on many random comparisons, seeded. */
function simulate(tries: number, gainShare: number, lossShare: number, images: number): Verdict['kind'][] {
  let state = 7
  const chance = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
  return Array.from({ length: tries }, () => {
    const predicted = Array.from({ length: images }, (): PairedAnswer => {
      const dice = chance()
      return {
        label: `class ${Math.floor(chance() * 10)}`,
        championRight: dice >= gainShare && dice < 0.97,
        challengerRight: dice < gainShare || (dice >= gainShare + lossShare && dice < 0.97),
        isNew: false,
      }
    })
    return judge(compare(predicted, null, folds)).kind
  })
}
