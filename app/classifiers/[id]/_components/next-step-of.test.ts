import { expect, test } from 'vitest'
import { nextStepOf } from './next-step-of.ts'

const samples = { total: 40, train: 30, validation: 5, test: 5, unseen: 0 }
const champion = { version: 'v2', accuracy: null, test_images: 0, promoted_at: '2026-11-30T10:00:00.000Z' }
const trained = { champion, classes: ['cat', 'dog'], samples }
const editor = { isTraining: false, mayUpload: true, mayTrain: true }

test.each([
  ['a trained one without news is tried', trained, editor, 'predict'],
  ['new images are trained on', { ...trained, samples: { ...samples, unseen: 3 } }, editor, 'train'],
  ['images without a version are trained on', { ...trained, champion: null }, editor, 'train'],
  ['one class is not enough', { ...trained, champion: null, classes: ['cat'] }, editor, 'images/add'],
  [
    'an empty one gets images',
    { champion: null, classes: [], samples: { ...samples, total: 0 } },
    editor,
    'images/add',
  ],
  ['a training run is shown', trained, { ...editor, isTraining: true }, 'train'],
])('%s', (_story, classifier, situation, section) =>
  expect(nextStepOf(classifier, situation)?.section).toBe(section),
)

test('a viewer gets no step that only editors may take', () => {
  const viewer = { isTraining: false, mayUpload: false, mayTrain: false }

  expect(nextStepOf({ ...trained, champion: null }, viewer)).toBeNull()
  expect(nextStepOf({ ...trained, samples: { ...samples, unseen: 3 } }, viewer)?.section).toBe('predict')
})

test('the number of new images is stated', () =>
  expect(nextStepOf({ ...trained, samples: { ...samples, unseen: 1 } }, editor)?.text).toBe(
    '1 image was added or corrected since version v2 was trained.',
  ))
