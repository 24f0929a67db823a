import { expect, test } from 'vitest'
import { compare, judge, sentence, type PairedAnswer, type Verdict } from './gate.ts'
import { answers } from './paired-answers.fakes.ts'

const folds = { folds: 5, isSuperset: true }

test('with few images, a version that was trained on no fewer and is not below is equal', () => {
  const forty = answers({ both: 30, gains: 3, losses: 2, neither: 5 })
  const below = answers({ both: 30, gains: 2, losses: 3, neither: 5 })

  expect(judge(compare(forty, null, folds)).kind).toBe('equal')
  expect(judge(compare(below, null, folds)).kind).toBe('cannot-tell')
  expect(judge(compare(forty, null, { ...folds, isSuperset: false })).kind).toBe('cannot-tell')
  expect(judge(compare(answers({ both: 8, gains: 1, losses: 0, neither: 0 }), null, folds)).kind).toBe(
    'cannot-tell',
  )
  expect(judge(compare(answers({ both: 9, gains: 1, losses: 0, neither: 0 }), null, folds)).kind).toBe(
    'equal',
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
