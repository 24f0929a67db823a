import { expect, test } from 'vitest'
import type { CurveAnswer } from '#lib/contracts/learning-curve.ts'
import { curveSentence } from './learning-curve-text.ts'

const curve = (change: Partial<CurveAnswer>): CurveAnswer => ({
  images: 100,
  measured: [],
  power_law: { scale: 1, exponent: 0.4 },
  forecast: [],
  now: { value: 0.84, low: 0.8, high: 0.87 },
  more: 30,
  then: { value: 0.88, low: 0.86, high: 0.9 },
  verdict: 'helps',
  ...change,
})
const textOf = (per: Readonly<Record<string, CurveAnswer | null>>, all = curve({})) =>
  curveSentence({ all, per_class: Object.entries(per).map(([name, own]) => ({ class: name, curve: own })) })
    .map(({ text, isClass }) => (isClass ? `*${text}*` : text))
    .join('')

test('classes that gain come first, then those that more images do not help', () => {
  const sentence = textOf({ healthy: curve({ verdict: 'no_help' }), 'early blight': curve({}), rust: null })

  expect(sentence).toBe(
    '30 more *early blight* should bring 84 → 88 % (86–90); more *healthy* will not help.',
  )
})

test('of many classes, the three that gain most are named, and all that gain nothing', () => {
  const gaining = (value: number) => curve({ then: { value, low: value, high: value } })
  const none = curve({ verdict: 'no_help' })

  const sentence = textOf({
    a: gaining(0.85),
    b: gaining(0.9),
    c: gaining(0.88),
    d: gaining(0.87),
    e: none,
    f: none,
    g: none,
  })

  expect(sentence).toMatch(
    /^30 more \*b\* .*; 30 more \*c\* .*; 30 more \*d\* .*; more \*e\*, \*f\* or \*g\* will not help\.$/,
  )
})

test('where nothing is known about single classes, the sentence is about all images', () => {
  const unclear = curve({ verdict: 'unclear' })

  expect(textOf({ a: unclear }, unclear)).toBe(
    'Whether 30 more images help is not certain yet: 84 → 88 % (86–90).',
  )
  expect(textOf({ a: unclear })).toBe(
    '30 more images, shared among all classes, should bring 84 → 88 % (86–90).',
  )
})

test('a sentence that begins with what does not help begins with a capital letter', () => {
  expect(textOf({ healthy: curve({ verdict: 'no_help' }) })).toBe('More *healthy* will not help.')
})
