import { expect, test } from 'vitest'
import {
  compare,
  judge,
  mayPromote,
  sentence,
  type Comparison,
  type PairedAnswer,
  type Verdict,
} from './gate.ts'
import { answers } from './paired-answers.fakes.ts'

const even: Comparison = {
  images: 2_000,
  pairs: { bothRight: 1_900, onlyChampionRight: 10, onlyChallengerRight: 10, bothWrong: 80 },
  accuracyGain: { value: 0, low: -0.004, high: 0.004 },
  oldGain: { value: 0, low: -0.004, high: 0.004 },
  newGain: null,
  classes: [],
  eceGrowth: 0,
}
const wide = { value: 0, low: -0.09, high: 0.09 }
const gain = { value: 0.02, low: 0.005, high: 0.035 }
const fall = { value: -0.02, low: -0.035, high: -0.005 }
const lime = { name: 'lime', images: 40, recallChampion: 0.9, recallChallenger: 0.7, pValue: 0.01 }

test.each<[string, Partial<Comparison>, Verdict['kind']]>([
  ['an even match on many images is not worse', {}, 'not-worse'],
  ['an even match on forty images is inconclusive', { images: 40, accuracyGain: wide }, 'cannot-tell'],
  [
    'twenty-nine images are inconclusive, whatever they show',
    { images: 29, accuracyGain: gain },
    'cannot-tell',
  ],
  ['thirty images can be conclusive', { images: 30, accuracyGain: gain }, 'better'],
  ['a significant gain is better', { accuracyGain: gain }, 'better'],
  [
    'a gain that may be nothing is not better',
    { accuracyGain: { value: 0.01, low: 0, high: 0.02 } },
    'not-worse',
  ],
  ['a significant drop is worse', { accuracyGain: fall }, 'worse'],
  [
    'a fall that may be nothing is not surely worse',
    { accuracyGain: { value: -0.004, low: -0.009, high: 0 } },
    'not-worse',
  ],
  [
    'one point down at worst is not worse',
    { accuracyGain: { value: 0, low: -0.01, high: 0.01 } },
    'not-worse',
  ],
  [
    'a lower bound of more than one point down is inconclusive',
    { accuracyGain: { value: 0, low: -0.0101, high: 0.01 } },
    'cannot-tell',
  ],
  ['one ruined class outweighs a significant gain', { accuracyGain: gain, classes: [lime] }, 'worse'],
  ['a class of nineteen images is not judged', { classes: [{ ...lime, images: 19 }] }, 'not-worse'],
  ['a class of twenty images is', { classes: [{ ...lime, images: 20 }] }, 'worse'],
  [
    'a fall of a class that may be chance does not count',
    { classes: [{ ...lime, pValue: 0.05 }] },
    'not-worse',
  ],
  [
    'a class down by five points exactly does not count',
    { classes: [{ ...lime, recallChampion: 0.75 }] },
    'not-worse',
  ],
  ['overconfidence on a thousand images is worse', { images: 1_000, eceGrowth: 0.021 }, 'worse'],
  ['on fewer images overconfidence is noise', { images: 999, eceGrowth: 0.021 }, 'not-worse'],
  ['a gain on the new images without a loss on the old ones is better', { newGain: gain }, 'better'],
  [
    'a gain on the new images that may be zero is not better',
    { newGain: { value: 0.01, low: 0, high: 0.02 } },
    'not-worse',
  ],
  [
    'a gain on the new images with at worst one point of loss on the old ones is better',
    { newGain: gain, oldGain: { value: 0, low: -0.01, high: 0.01 } },
    'better',
  ],
  ['a calibration error that grows by two points exactly does not count', { eceGrowth: 0.02 }, 'not-worse'],
  [
    'a class down by five points and what doubles lose does not count',
    { classes: [{ ...lime, recallChampion: 0.05 + 1e-9, recallChallenger: 0 }] },
    'not-worse',
  ],
  [
    'a gain on the new images with a loss on the old ones is not better',
    { newGain: gain, oldGain: { value: -0.01, low: -0.02, high: 0 } },
    'not-worse',
  ],
])('%s', (_story, change, kind) => expect(judge({ ...even, ...change }).kind).toBe(kind))

test.each([
  ['equal', 'not_worse', true],
  ['equal', 'better', false],
  ['first', 'off', true],
  ['better', 'off', false],
  ['better', 'better', true],
  ['not-worse', 'better', false],
  ['not-worse', 'not_worse', true],
  ['cannot-tell', 'not_worse', false],
  ['worse', 'not_worse', false],
] as const)('a version found %s, with AUTO_PROMOTE=%s: %s', (kind, setting, allowed) =>
  expect(mayPromote(kind, setting)).toBe(allowed),
)

test('the verdict counts images before it states points', () => {
  const c = compare(answers({ both: 487, gains: 14, losses: 3, neither: 20 }), null)

  expect(sentence(c, judge(c))).toBe(
    'Better. Correct on 14 images that the old version got wrong, incorrect on 3 that it ' +
      'got right: +2.1 points (+0.6 to +3.9).',
  )
})

test('with ten images the verdict asks for more, and states how many there are', () => {
  const c = compare(answers({ both: 8, gains: 1, losses: 1, neither: 0 }), null)

  expect(sentence(c, judge(c))).toMatch(
    /^Inconclusive\. Correct on 1 image that .* About 30 test images are needed for a conclusion; 10 are available\.$/,
  )
})

test.each([
  [1, '1 is available.'],
  [2, '2 are available.'],
])('for %d images the sentence is: %s', (both, words) => {
  const c = compare(answers({ both, gains: 0, losses: 0, neither: 0 }), null)

  expect(sentence(c, judge(c))).toMatch(new RegExp(`Correct on 0 images .*: \\+0\\.0 points .*${words}$`))
})

test('without test images nothing is counted', () => {
  const none = compare([], null)

  expect(sentence(none, judge(none))).toBe(
    'Inconclusive: there are no test images to compare on. 30 are needed.',
  )
})

test('each reason for a worse verdict is stated with its figures', () => {
  expect(judge({ ...even, accuracyGain: fall, classes: [lime], eceGrowth: 0.034 })).toEqual({
    kind: 'worse',
    because: [
      'Accuracy dropped significantly, by 2.0 points.',
      'Recall of "lime" dropped to 70 % from 90 %.',
      'The calibration error rose by 3.4 points.',
    ],
  })
})

/** By hand: images × (half of the interval / distance from the nearer bound)², rounded up. */
test.each<[string, number, Comparison['accuracyGain'], number]>([
  ['no gain: a width of two points has to halve', 100, { value: 0, low: -0.02, high: 0.02 }, 400],
  ['a gain: the interval has to leave out −1 point', 100, { value: 0.02, low: -0.04, high: 0.08 }, 400],
  ['a loss: the interval has to leave out 0', 100, { value: -0.02, low: -0.05, high: 0.01 }, 225],
  ['a part of an image is an image', 101, { value: 0, low: -0.015, high: 0.015 }, 228],
  ['never fewer than one more', 100, { value: -0.05, low: -0.09, high: 0.001 }, 101],
])('the number of images needed for a conclusion, %s', (_case, count, accuracyGain, imagesNeeded) =>
  expect(judge({ ...even, images: count, accuracyGain, oldGain: null })).toEqual({
    kind: 'cannot-tell',
    imagesNeeded,
  }),
)

test('images from before and after the training of the live version are compared separately, if there are any', () => {
  const one = answers({ both: 0, gains: 1, losses: 0, neither: 0 })

  expect(compare(one, null)).toMatchObject({ oldGain: { value: 1 }, newGain: null })
  expect(compare([{ ...one[0]!, isNew: true }], null)).toMatchObject({ oldGain: null, newGain: { value: 1 } })
})

test('recall and the p-value of each class agree with counting by hand; below twenty images none is judged', () => {
  const named = (label: string, ...counts: Parameters<typeof answers>) =>
    answers(...counts).map((one) => ({ ...one, label }))
  const { classes } = compare(
    [
      ...named('plum', { both: 10, gains: 0, losses: 8, neither: 2 }),
      ...named('kiwi', { both: 12, gains: 3, losses: 0, neither: 5 }),
      ...named('fig', { both: 10, gains: 0, losses: 9, neither: 0 }),
    ],
    null,
  )

  // eight against none by chance: 2 × 0.5⁸; the smaller of two p-values counts twice (Holm)
  expect(classes).toEqual([
    {
      name: 'plum',
      images: 20,
      recallChampion: 0.9,
      recallChallenger: 0.5,
      pValue: expect.closeTo(2 * 2 * 0.5 ** 8, 9),
    },
    {
      name: 'kiwi',
      images: 20,
      recallChampion: 0.6,
      recallChallenger: 0.75,
      pValue: expect.closeTo(2 * 0.5 ** 3, 9),
    },
    { name: 'fig', images: 19, recallChampion: 1, recallChallenger: 10 / 19, pValue: 1 },
  ])
})

test('large numbers are written with separators', () => {
  const c = compare(answers({ both: 960, gains: 30, losses: 31, neither: 40 }), null)

  expect(sentence(c, judge(c))).toMatch(
    /About \d{1,3},\d{3} test images are needed for a conclusion; 1,061 are available\.$/,
  )
})

test('of a thousand equal versions at most one in twenty passes as better', () => {
  const tries = simulate({ gainShare: 0.03, lossShare: 0.03, images: 1_000, tries: 1_000 })

  expect(tries.filter((kind) => kind === 'better').length).toBeLessThanOrEqual(50)
})

test('a version three points worse passes as not worse at most once in a hundred', () => {
  const tries = simulate({ gainShare: 0.02, lossShare: 0.05, images: 1_000, tries: 1_000 })

  expect(tries.filter((kind) => kind === 'not-worse' || kind === 'better').length).toBeLessThanOrEqual(10)
})

test('a version three points better is accepted at least four times in five', () => {
  const tries = simulate({ gainShare: 0.05, lossShare: 0.02, images: 1_000, tries: 1_000 })

  expect(tries.filter((kind) => kind === 'better' || kind === 'not-worse').length).toBeGreaterThanOrEqual(800)
})

/** Many random comparisons, seeded. */
function simulate({
  gainShare,
  lossShare,
  images,
  tries,
}: {
  gainShare: number
  lossShare: number
  images: number
  tries: number
}): Verdict['kind'][] {
  let state = 7
  const chance = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  return Array.from({ length: tries }, () => {
    const answered = Array.from({ length: images }, (): PairedAnswer => {
      const dice = chance()
      return {
        label: `class ${Math.floor(chance() * 10)}`,
        championRight: dice >= gainShare && dice < 0.97,
        challengerRight: dice < gainShare || (dice >= gainShare + lossShare && dice < 0.97),
        isNew: false,
      }
    })
    return judge(compare(answered, null)).kind
  })
}
