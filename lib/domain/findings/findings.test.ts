import { describe, expect, test } from 'vitest'
import { sharpnessScore } from './blurry.ts'
import type { FindingSample, SetFigures } from './finding.ts'
import type { ImageFigures } from './image-figures.ts'
import { findingsOf, remediesOf } from './registry.ts'

const ordinary: ImageFigures = {
  brightness5: 0.2,
  brightness99: 0.9,
  sharpness: 120,
  concentration: 10,
  entropy: 7,
  digest: '',
}
const sample = (id: string, change: Partial<FindingSample> = {}): FindingSample => ({
  id,
  label: 'cat',
  split: 'train',
  groupId: id,
  width: 100,
  height: 100,
  figures: { ...ordinary, digest: id },
  surroundings: null,
  ...change,
})
const many = (count: number, change: Partial<FindingSample> = {}): FindingSample[] =>
  Array.from({ length: count }, (_, i) => sample(`${change.label ?? 'cat'}-${i}`, change))
/** Each with its own digest. */
const set = (samples: readonly FindingSample[], change: Partial<SetFigures> = {}): SetFigures => ({
  classes: ['cat', 'dog'],
  samples,
  nearCopies: [],
  probabilities: null,
  distances: null,
  unreadable: [],
  conflicts: [],
  hasPhotographs: true,
  ...change,
})
const ofKind = (kind: string, figures: SetFigures) =>
  findingsOf(figures).findings.filter((finding) => finding.kind === kind)
const figures = (change: Partial<ImageFigures>): Partial<FindingSample> => ({
  figures: { ...ordinary, digest: 'odd', ...change },
})

describe('single images', () => {
  test.each<[string, Partial<FindingSample>, string]>([
    ['dark', figures({ brightness99: 0.004 }), 'At least 99 % of its pixels are black.'],
    ['dark', figures({ brightness99: 0.08 }), '99 % of its pixels are at most 8 % as bright as white.'],
    ['light', figures({ brightness5: 1 }), 'At least 95 % of its pixels are white.'],
    ['light', figures({ brightness5: 0.96 }), '95 % of its pixels are at least 96 % as bright as white.'],
  ])('an image that is %s says how much', (kind, change, detail) => {
    expect(ofKind(kind, set([...many(30), sample('odd', change)]))[0]?.detail).toBe(detail)
  })

  test.each<[string, Partial<FindingSample>, number]>([
    ['dark', figures({ brightness99: 0.08 }), 0.75], // 1 − 0.08 / 0.32
    ['light', figures({ brightness5: 0.96 }), 0.2], // 1 − 0.04 / 0.05
    ['low_information', figures({ entropy: 1.5 }), 0.5], // 1 − 1.5 / 3
    ['blurry', figures({ sharpness: 0 }), 1],
    ['odd_aspect', { width: 1000, height: 70 }, 0.8], // 1 − 0.07 / 0.35
    ['odd_size', { width: 10, height: 10 }, 0.8], // 1 − 10 / 50, where all others are 100 × 100
    ['odd_size', { width: 800, height: 800 }, 0.75], // 1 − 200 / 800
  ])('an image is %s', (kind, change, severity) => {
    const found = ofKind(kind, set([...many(30), sample('odd', change)]))

    expect(found).toHaveLength(1)
    expect(found[0]!.samples).toEqual(['odd'])
    expect(found[0]!.severity).toBeCloseTo(severity, 6)
  })

  test.each([
    ['dark', figures({ brightness99: 0.32 })],
    ['light', figures({ brightness5: 0.95 })],
    ['low_information', figures({ entropy: 3 })],
    ['blurry', figures({ sharpness: 34.3 })], // 1 − exp(−0.343) = 0.2904
    ['odd_aspect', { width: 100, height: 35 }],
    ['odd_size', { width: 200, height: 200 }],
  ])('an image at the limit is not %s', (kind, change) => {
    expect(ofKind(kind, set([...many(30), sample('odd', change)]))).toEqual([])
  })

  test('a drawing of few grey levels has few edges and is not blurry, unless it has none', () => {
    expect(sharpnessScore({ sharpness: 20, concentration: 19 })).toBeCloseTo(0.1813, 4) // 1 − exp(−0.2)
    expect(sharpnessScore({ sharpness: 20, concentration: 100 })).toBeCloseTo(0.8134, 4) // + 1 − exp(−1)
    expect(sharpnessScore({ sharpness: 10, concentration: 100 })).toBeCloseTo(0.0952, 4)
  })

  test('an image of one colour is empty, not blurry', () => {
    const blank = sample('odd', figures({ sharpness: 0, entropy: 0 }))

    expect(ofKind('blurry', set([...many(30), blank]))).toEqual([])
  })

  test('what half of the images have is a property of the set', () => {
    const dark = (count: number): FindingSample[] =>
      Array.from({ length: count }, (_, i) =>
        sample(`dark-${i}`, figures({ brightness99: 0.1, digest: `${i}` })),
      )

    expect(ofKind('dark', set([...many(20), ...dark(19)]))).toHaveLength(19)
    expect(ofKind('dark', set([...many(20), ...dark(20)]))).toEqual([])
  })

  test('drawn digits are not judged as photographs', () => {
    const digits = set([...many(30), sample('odd', figures({ brightness99: 0.1 }))], {
      hasPhotographs: false,
    })

    expect(ofKind('dark', digits)).toEqual([])
  })

  test('images without figures leave the kinds unknown that need them', () => {
    const { unknown } = findingsOf(set(many(30, { figures: null }), { nearCopies: null }))

    expect(unknown).toEqual([
      'mislabelled',
      'dark',
      'light',
      'low_information',
      'blurry',
      'outlier',
      'near_duplicate',
      'shortcut',
    ])
  })
})

describe('copies', () => {
  const copy = (id: string, change: Partial<FindingSample> = {}) =>
    sample(id, { figures: { ...ordinary, digest: 'same' }, ...change })

  test('equal pixels in one class are a duplicate, and the largest is the one to keep', () => {
    const found = ofKind('exact_duplicate', set([copy('a'), copy('b')]))

    expect(found).toMatchObject([{ samples: ['a', 'b'], severity: 0.5 }])
    expect(remediesOf('exact_duplicate')).toEqual(['keep_one'])
  })

  test('the same digest in another size is no exact duplicate', () => {
    expect(ofKind('exact_duplicate', set([copy('a'), copy('b', { width: 200, height: 200 })]))).toEqual([])
  })

  test('a duplicate across classes is that alone, with both labels', () => {
    const { findings } = findingsOf(
      set([...many(30), ...many(30, { label: 'dog' }), copy('a'), copy('b', { label: 'dog' })]),
    )

    expect(findings).toMatchObject([
      { kind: 'duplicate_other_class', samples: ['a', 'b'], labels: ['cat', 'dog'], severity: 1 },
    ])
  })

  test('a near-copy of a test image in training is an alarm, and the test image is kept', () => {
    const samples = [sample('a'), sample('b', { split: 'test' }), sample('c')]
    const found = ofKind('duplicate_in_test', set(samples, { nearCopies: [[0, 1]] }))

    expect(found).toMatchObject([{ samples: ['b', 'a'], severity: 0.75 }])
  })

  test('near-copies of one class are one finding, the largest first', () => {
    const samples = [sample('a'), sample('b', { width: 300 }), sample('c')]

    expect(ofKind('near_duplicate', set(samples, { nearCopies: [[0, 1, 2]] }))).toMatchObject([
      { samples: ['b', 'a', 'c'] },
    ])
  })

  test('exact copies are not near-copies as well', () => {
    const { findings } = findingsOf(
      set([...many(30), ...many(30, { label: 'dog' }), copy('a'), copy('b')], { nearCopies: [[60, 61]] }),
    )

    expect(findings.map(({ kind }) => kind)).toEqual(['exact_duplicate'])
  })
})

describe('labels', () => {
  test('a suspected mislabel has the class that it looks like, and the doubt about its label as severity', () => {
    const samples = [...many(2), sample('wrong'), ...many(3, { label: 'dog' })]
    const dogs = [0.1, 0.2, 0.9, 0.8, 0.9, 0.45]
    const found = ofKind('mislabelled', set(samples, { probabilities: dogs.map((dog) => [1 - dog, dog]) }))

    expect(found).toMatchObject([{ samples: ['wrong'], suggestedLabel: 'dog' }])
    expect(found[0]!.severity).toBeCloseTo(0.9, 9)
    expect(found[0]!.detail).toBe('Labelled “cat” (10 %), but it looks like “dog” (90 %).')
  })

  test('images without a label or without probabilities are left out', () => {
    const samples = [sample('a', { label: null }), sample('b')]

    expect(ofKind('mislabelled', set(samples, { probabilities: [[0, 1], null] }))).toEqual([])
  })

  test('a conflict offers the labels that the image came with', () => {
    const conflicts = [{ sampleId: 'a', labels: ['cat', 'dog'] }]

    expect(ofKind('label_conflict', set([], { conflicts }))).toMatchObject([
      { samples: ['a'], labels: ['cat', 'dog'], severity: 1 },
    ])
  })
})

describe('the set', () => {
  test('an outlier is 1.7 interquartile ranges beyond the upper quartile', () => {
    // 1 to 40: quartiles 10.75 and 30.25 of 40 values; with 100 instead of 40 the quartiles stay
    const distances = Float64Array.from({ length: 40 }, (_, i) => (i === 39 ? 100 : i + 1))
    const found = ofKind('outlier', set(many(40), { distances }))

    expect(found).toMatchObject([{ samples: ['cat-39'] }])
    expect(found[0]!.severity).toBeCloseTo(1 - (30.25 + (1 / 0.37037 - 1) * 19.5) / 100, 9)
  })

  test('near-copies count once for a class with too few images', () => {
    const copies = many(30).map((one) => ({ ...one, groupId: 'group' }))
    const found = ofKind('too_few', set([...copies, ...many(20, { label: 'dog' })]))

    expect(found).toMatchObject([{ suggestedLabel: 'cat', samples: [], severity: 0.95 }]) // 1 of 20
    expect(found[0]!.detail).toBe(
      '“cat” has 30 images, of which only 1 differ; add 19 or more that differ from each other.',
    )
  })

  test('a class with less than a tenth of an equal share is rare', () => {
    const found = ofKind('imbalance', set([...many(970), ...many(30, { label: 'dog' })]))

    expect(found).toMatchObject([{ suggestedLabel: 'dog', severity: 0.4 }]) // 1 − 30 / 50
    expect(ofKind('imbalance', set([...many(950), ...many(50, { label: 'dog' })]))).toEqual([])
  })

  test('a file that could not be read is named with its reason', () => {
    const unreadable = [{ filename: 'a.jpg', reason: 'It ends too early.' }]

    expect(ofKind('unreadable', set([], { unreadable }))).toMatchObject([
      { detail: 'a.jpg: It ends too early.' },
    ])
  })
})
