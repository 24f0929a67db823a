import { expect, test } from 'vitest'
import type { Sample } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { decideRetrain, entriesForFolds, type RetrainFacts } from './decide.ts'
import { cardOf, classifierRow, sampleRow, versionRow } from '../rows.fakes.ts'

const many = (label: string, count: number, change: Partial<Sample> = {}) =>
  Array.from({ length: count }, () => sampleRow(label, 'train', change))
const all = [...many('apple', 40), ...many('lime', 40), ...many('plum', 40)]
const hashes = (samples: readonly Sample[]) => new Set(samples.map((sample) => sample.hash))
const facts: RetrainFacts = {
  classifier: classifierRow,
  base: null,
  samples: all,
  unseen: hashes(all),
  candidates: [],
  options: { recipe: 'auto', force: false },
}
const v3 = versionRow(3, { card: cardOf('v3', { train: 120 }) })
const fresh = many('lime', 5)

test('a classifier without a version is trained from scratch, by its own recipe', () => {
  const { draft, entries, message } = decideRetrain(facts)

  expect(draft).toMatchObject({
    recipe: { kind: 'scratch', name: 'scratch-small' },
    start: { kind: 'random' },
    teaching: { kind: 'none' },
    classes: ['apple', 'lime', 'plum'],
  })
  expect(entries).toHaveLength(120)
  expect(message).toContain('from scratch on 120 images')
})

test('a classifier with a live version is trained on from it, with old and new images', () => {
  const { draft, entries, message } = decideRetrain({
    ...facts,
    base: v3,
    samples: [...all, ...fresh],
    unseen: hashes(fresh),
  })

  expect(draft).toMatchObject({
    recipe: { name: 'finetune' },
    start: { kind: 'version', version: 'v3' },
    teaching: { kind: 'none' },
  })
  expect(draft.unseen).toEqual(fresh.map((sample) => sample.hash))
  expect(entries).toHaveLength(125)
  expect(message).toBe('Continues training v3 on: 125 images, 5 of them new, up to 8 epochs.')
})

test('when the old images are missing, the live version predicts in their place', () => {
  const shipped = versionRow(1, { isShipped: true, card: cardOf('v1', { train: 54_000 }, 10_000) })

  const { draft, message } = decideRetrain({ ...facts, base: shipped, samples: fresh, unseen: hashes(fresh) })

  expect(draft.teaching).toEqual({
    kind: 'teacher',
    folder: shipped.folder,
    share: 0.3,
    rehearsal: 100,
  })
  expect(draft.classes).toEqual(['apple', 'lime', 'plum'])
  expect(message).toContain('predictions of v1 are used as training targets')
})

test('new classes are added after those of the base, whatever order the classifier has them in', () => {
  const classifier = { ...classifierRow, classes: ['kiwi', 'apple', 'lime', 'plum', 'empty'] }
  const kiwis = many('kiwi', 10)

  expect(
    decideRetrain({ ...facts, classifier, base: v3, samples: [...all, ...kiwis], unseen: hashes(kiwis) })
      .draft.classes,
  ).toEqual(['apple', 'lime', 'plum', 'kiwi'])
})

test('a class that was removed or merged is not trained on, and the layers of the base are', () => {
  const classifier = { ...classifierRow, classes: ['apple', 'plum', 'lime'] }
  const without = { ...classifierRow, classes: ['apple', 'plum'] }
  const samples = all.filter(({ label }) => label !== 'lime')
  const changed = { ...facts, base: v3, unseen: hashes(fresh), samples: [...samples, ...many('plum', 5)] }

  expect(decideRetrain({ ...changed, classifier: without }).draft).toMatchObject({
    classes: ['apple', 'plum'],
    start: { kind: 'network', name: 'v3', folder: v3.folder },
  })
  expect(decideRetrain({ ...changed, classifier }).draft).toMatchObject({
    classes: ['apple', 'lime', 'plum'],
    start: { kind: 'version' },
  })
})

test('the number of epochs in the request, or set by the owner, is used', () => {
  expect(
    decideRetrain({ ...facts, options: { ...facts.options, epochs: 3 } }).draft.recipe.settings.epochs,
  ).toBe(3)
  expect(decideRetrain({ ...facts, defaultEpochs: 5 }).draft.recipe.settings.epochs).toBe(5)
})

test('test images are part of the snapshot but are not trained on', () => {
  const { entries, message } = decideRetrain({ ...facts, samples: [...all, sampleRow('lime', 'test')] })

  expect(entries).toHaveLength(121)
  expect(message).toContain('on 120 images')
})

test('no automatic split cuts a group of near-copies, and the snapshot names the groups', () => {
  const [first, copy] = [
    sampleRow('apple', 'train', { groupId: 'g' }),
    sampleRow('apple', 'test', { groupId: 'g' }),
  ]

  const { entries, message } = decideRetrain({ ...facts, samples: [...all, first, copy] })

  expect(message).toContain(' 122 images, of which 1 is a near-copy: 121 different ones.')

  expect(entries.slice(-2)).toEqual([
    { hash: first.hash, label: 'apple', split: 'train', group: first.hash },
    { hash: copy.hash, label: 'apple', split: 'train', group: first.hash },
  ])
})

test('by folds, only images that a person tests stay apart, with their near-copies', () => {
  const automatic = sampleRow('apple', 'test')
  const moved = sampleRow('lime', 'test', { isSplitGiven: true, groupId: 'g' })
  const copy = sampleRow('lime', 'validation', { groupId: 'g' })
  const trained = sampleRow('lime', 'train', { isSplitGiven: true, groupId: 'g' })

  expect(entriesForFolds([automatic, moved, copy, trained]).map(({ split }) => split)).toEqual([
    null,
    'test',
    'test',
    null,
  ])
})

test.each<[string, Partial<RetrainFacts>, string, RegExp]>([
  [
    'nothing new since the live version',
    { base: v3, unseen: new Set() },
    'nothing_to_learn',
    /no new images since v3/,
  ],
  ['no images at all', { samples: [], unseen: new Set() }, 'nothing_to_learn', /no images on this machine/],
  [
    'one class only',
    { samples: many('lime', 9) },
    'too_few_classes',
    /all of its images are labelled "lime"/,
  ],
  [
    'one image of a class',
    { samples: [...many('lime', 9), ...many('plum', 1)] },
    'too_few_images',
    /"plum" cannot be trained: it has 1 image and needs 2/,
  ],
  [
    'a class whose images are all in the test set',
    { samples: [...many('lime', 9), sampleRow('plum', 'test'), sampleRow('plum', 'validation')] },
    'too_few_images',
    /all of its 2 images are in/,
  ],
  [
    'the last layer of nothing',
    { options: { recipe: 'head', force: false } },
    'invalid_input',
    /no available pretrained network/,
  ],
  [
    "another network's layers where none is",
    { options: { recipe: 'transfer', force: false } },
    'invalid_input',
    /no available network was trained on such images/,
  ],
  [
    'fine-tuning nothing',
    { options: { recipe: 'finetune', force: false } },
    'invalid_input',
    /no version to start from/,
  ],
])('%s is refused with the reason', (_story, change, code, words) => {
  const decide = () => decideRetrain({ ...facts, ...change })

  expect(decide).toThrow(expect.objectContaining({ code }))
  expect(decide).toThrow(words)
})

const candidates = [
  { name: 'the backbone', folder: '/models/backbone/v1', spec: { ...v3.preprocess, size: 96 } },
]

test('with few images a first version trains only the last layer, on the features of an available network', () => {
  const { draft, message } = decideRetrain({ ...facts, candidates })

  expect(draft).toMatchObject({
    recipe: { name: 'head' },
    start: { kind: 'choose-network', candidates },
    spec: { size: 96 },
  })
  expect(message).toContain('on the features of a pretrained network (transfer learning), on 120 images')
})

test('with more images than a head takes seconds for, the whole network is trained', () => {
  const thousands = [...many('apple', 600), ...many('lime', 600)]

  expect(
    decideRetrain({ ...facts, candidates, samples: thousands, unseen: hashes(thousands) }).draft,
  ).toMatchObject({ recipe: { name: 'scratch-small' }, start: { kind: 'random' } })
})

test.each<[string, Partial<VersionWithCard>, string]>([
  ['one whose last layer alone was trained', { recipe: 'head' }, 'head'],
  ['one that ships with the product', { isShipped: true }, 'head'],
  ['one that a user trained from scratch on few images', { recipe: 'scratch-small' }, 'finetune'],
])('with few new images, training continues from %s', (_story, change, recipe) => {
  const base = { ...v3, ...change }

  expect(
    decideRetrain({ ...facts, candidates, base, samples: [...all, ...fresh], unseen: hashes(fresh) }).draft,
  ).toMatchObject({ recipe: { name: recipe }, start: { kind: 'version', version: 'v3' } })
})

test('the requested recipe is used, and starts without a base version when it is one from scratch', () => {
  const draftOf = (recipe: RetrainFacts['options']['recipe']) =>
    decideRetrain({
      ...facts,
      candidates,
      base: v3,
      samples: [...all, ...fresh],
      unseen: hashes(fresh),
      options: { recipe, force: false },
    }).draft

  expect(draftOf('scratch-photo')).toMatchObject({
    recipe: { name: 'scratch-photo' },
    start: { kind: 'random' },
  })
  expect(draftOf('head')).toMatchObject({ recipe: { name: 'head' }, start: { version: 'v3' } })
  expect(draftOf('transfer')).toMatchObject({
    recipe: { name: 'transfer', settings: { transfer: { share: 0.4 } } },
    start: { kind: 'choose-network', candidates },
    spec: { size: 96 },
  })
  expect(draftOf('finetune')).toMatchObject({ recipe: { name: 'finetune' }, start: { version: 'v3' } })
})

test('with force, training starts although there are no new images', () => {
  expect(
    decideRetrain({ ...facts, base: v3, unseen: new Set(), options: { recipe: 'auto', force: true } }).draft
      .start,
  ).toMatchObject({ version: 'v3' })
})

const onnx = {
  name: 'vit v1',
  folder: '/models/vit/v1',
  spec: versionRow(1, {}).preprocess,
  isOnnx: true,
} as const

test('a chosen pretrained network is started from instead of the live version, also without new images', () => {
  const { draft, base } = decideRetrain({
    ...facts,
    base: v3,
    unseen: new Set(),
    candidates: [onnx],
    options: { recipe: 'auto', force: false, backbone: 'vit' },
  })

  expect(base).toBeNull()
  expect(draft).toMatchObject({
    recipe: { kind: 'head' },
    start: { kind: 'choose-network', candidates: [onnx] },
  })
})

test('on an ONNX file only the last layer is trained, however many images there are', () => {
  const card = cardOf('v3', { train: 120 })
  const frozen = versionRow(3, { card: { ...card, network: { ...card.network, is_onnx: true } } })
  const thousands = many('lime', 3_000)
  const grown = { ...facts, base: frozen, samples: [...all, ...thousands], unseen: hashes(thousands) }

  expect(decideRetrain(grown).draft.recipe).toMatchObject({ kind: 'head' })
  expect(() => decideRetrain({ ...grown, options: { recipe: 'finetune', force: false } })).toThrow(
    'the pretrained network of v3 is an ONNX file, whose layers are never trained',
  )
  expect(() =>
    decideRetrain({ ...facts, candidates: [onnx], options: { recipe: 'transfer', force: false } }),
  ).toThrow('the available networks are ONNX files, whose layers are never trained')
})
