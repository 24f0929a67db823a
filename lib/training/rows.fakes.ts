/** Rows as lib/data returns them, for tests of rules that read rows. */
import type { Card } from '#lib/contracts/bundle.ts'
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

export const cardOf = (version: string, data: Partial<Card['data']> = {}, testImages = 0): Card => ({
  classifier: 'fruit',
  title: 'Fruit',
  version,
  created_at: new Date(0).toISOString(),
  command: 'retrain',
  seed: 1,
  engine: 'onnx',
  precision: 'float32',
  code_version: 'test',
  machine: 'test',
  duration_seconds: 1,
  images_per_second: 1,
  peak_memory_mb: 1,
  recipe: { name: 'scratch-small', settings: {} },
  parent: null,
  data: { name: 'fruit', snapshot: '', train: 0, validation: 0, test: testImages, test_opened: 1, ...data },
  network: { name: 'small', parameters: 1, flops: 1, bytes: 1 },
  test:
    testImages === 0
      ? null
      : {
          images: testImages,
          accuracy: { value: 0.9, low: 0.8, high: 1 },
          loss: 0.3,
          macro_f1: 0.9,
          ece: null,
          per_class: [],
          confusion: [],
        },
  validation: null,
  calibration: null,
  decision: null,
  curves: [],
  best_epoch: 1,
  notes: [],
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
