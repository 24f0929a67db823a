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
  ['an even match on forty images cannot tell', { images: 40, accuracyGain: wide }, 'cannot-tell'],
  ['twenty-nine images cannot tell, whatever they show', { images: 29, accuracyGain: gain }, 'cannot-tell'],
  ['thirty images may', { images: 30, accuracyGain: gain }, 'better'],
  ['a sure gain is better', { accuracyGain: gain }, 'better'],
  [
    'a gain that may be nothing is not better',
    { accuracyGain: { value: 0.01, low: 0, high: 0.02 } },
    'not-worse',
  ],
  ['a sure fall is worse', { accuracyGain: fall }, 'worse'],
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
    'more than one point down at worst cannot tell',
    { accuracyGain: { value: 0, low: -0.0101, high: 0.01 } },
    'cannot-tell',
  ],
  ['one ruined class outweighs a sure gain', { accuracyGain: gain, classes: [lime] }, 'worse'],
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
  ['false confidence on a thousand images is worse', { images: 1_000, eceGrowth: 0.021 }, 'worse'],
  ['on fewer images false confidence is noise', { images: 999, eceGrowth: 0.021 }, 'not-worse'],
  ['a gain on the new pictures that costs the old ones nothing is better', { newGain: gain }, 'better'],
  [
    'a gain on the new pictures that costs the old ones is not',
    { newGain: gain, oldGain: { value: -0.01, low: -0.02, high: 0 } },
    'not-worse',
  ],
])('%s', (_story, change, kind) => expect(judge({ ...even, ...change }).kind).toBe(kind))

test.each([
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

test('the verdict counts pictures before it says points', () => {
  const c = compare(answers({ both: 487, gains: 14, losses: 3, neither: 20 }), null)

  expect(sentence(c, judge(c))).toBe(
    'Better. Correct on 14 images that the old version got wrong, incorrect on 3 that it ' +
      'got right: +2.1 points (+0.6 to +3.9).',
  )
})

test('ten pictures ask for more, and say how many there are', () => {
  const c = compare(answers({ both: 8, gains: 1, losses: 1, neither: 0 }), null)

  expect(sentence(c, judge(c))).toMatch(
    /^Inconclusive\. .* About 30 test images are needed for a conclusion; there are 10\.$/,
  )
})

test('large numbers are written as everywhere', () => {
  const c = compare(answers({ both: 960, gains: 30, losses: 31, neither: 40 }), null)

  expect(sentence(c, judge(c))).toMatch(
    /About \d{1,3},\d{3} test images are needed for a conclusion; there are 1,061\.$/,
  )
})

test('of a thousand twins at most one in twenty passes as better', () => {
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

function answers({
  both,
  gains,
  losses,
  neither,
}: {
  both: number
  gains: number
  losses: number
  neither: number
}): PairedAnswer[] {
  const some = (n: number, championRight: boolean, challengerRight: boolean) =>
    Array.from({ length: n }, (): PairedAnswer => ({
      label: 'a',
      championRight,
      challengerRight,
      isNew: false,
    }))
  return [
    ...some(both, true, true),
    ...some(gains, false, true),
    ...some(losses, true, false),
    ...some(neither, false, false),
  ]
}

/** Many comparisons by chance, seeded. */
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
