/** Rows as lib/data returns them, for tests of rules that read rows. */
import type { Card } from '#lib/contracts/bundle.ts'
import { plainCard, plainTest } from '#lib/contracts/card.fakes.ts'
import type { Sample } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { Classifier, Split } from '#lib/domain/classifier.ts'
import { preprocessFor } from './shipped/shipped.ts'

const input = { size: 32, channels: 3, fit: 'cover' } as const

export const classifierRow: Classifier = {
  id: 'fruit',
  title: 'Fruit',
  classes: ['apple', 'lime', 'plum'],
  input,
  isMirrorable: true,
  hasDigits: false,
  recipe: 'scratch-small',
  isShipped: false,
  autoPromote: null,
  createdAt: new Date(0),
}

let rowCount = 0
export const sampleRow = (label: string, split: Split = 'train', change: Partial<Sample> = {}): Sample => {
  const hash = (++rowCount).toString(16).padStart(64, '0')
  return {
    id: hash,
    classifierId: 'fruit',
    hash,
    label,
    split,
    isSplitGiven: false,
    source: 'upload',
    uploadId: null,
    filename: null,
    groupId: null,
    createdAt: new Date(0),
    ...change,
  }
}

export const cardOf = (version: string, data: Partial<Card['data']> = {}, testImages = 0): Card =>
  plainCard({
    classifier: 'fruit',
    version,
    data: { name: 'fruit', snapshot: '', train: 0, validation: 0, test: testImages, test_opened: 1, ...data },
    test: testImages === 0 ? null : plainTest(testImages, 0.9, 0.1),
  })

export const versionRow = (number: number, change: Partial<VersionWithCard> = {}): VersionWithCard => ({
  id: `version-${number}`,
  classifierId: 'fruit',
  number,
  name: `v${number}`,
  folder: `/models/fruit/v${number}`,
  parent: null,
  runId: null,
  isShipped: false,
  recipe: 'scratch-small',
  engine: 'onnx',
  accuracy: null,
  testImages: 0,
  parameters: 1,
  sizeBytes: 100 * number,
  classes: ['apple', 'lime', 'plum'],
  preprocess: preprocessFor(input),
  verdict: null,
  createdAt: new Date(0),
  promotedAt: null,
  card: cardOf(`v${number}`),
  ...change,
})
