/** A model card for tests, complete and without a meaning: each test changes what it is about. */
import type { Card } from './bundle.ts'

export const plainCard = (change: Partial<Card> & Pick<Card, 'classifier' | 'version' | 'data'>): Card => ({
  title: 'Fruit',
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
  network: { name: 'small', parameters: 1, flops: 1, bytes: 1 },
  test: null,
  validation: null,
  calibration: null,
  decision: null,
  curves: [],
  best_epoch: 1,
  notes: [],
  ...change,
})

/** @param value its accuracy
 *  @param margin from it to both ends of its interval */
export const plainTest = (images: number, value: number, margin = 0.05): NonNullable<Card['test']> => ({
  images,
  accuracy: { value, low: value - margin, high: value + margin },
  loss: 0.3,
  macro_f1: value,
  ece: null,
  per_class: [],
  confusion: [],
})
