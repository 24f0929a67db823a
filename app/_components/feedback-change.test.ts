import { expect, test } from 'vitest'
import { bodyOf, bulkText, changeText, restoringBody } from './feedback-change.ts'

const inTraining = { correct: true, label: 'lime', sample_id: 'a' }
const corrected = { correct: false, label: 'kiwi', sample_id: 'b' }

test('the predicted class, chosen as a label, confirms the prediction', () => {
  expect(bodyOf('lime', { kind: 'label', label: 'lime' })).toEqual({ correct: true })
  expect(bodyOf('lime', { kind: 'label', label: 'kiwi' })).toEqual({ correct: false, label: 'kiwi' })
  expect(bodyOf('lime', { kind: 'label', label: null })).toEqual({ correct: false, label: null })
  expect(bodyOf('lime', { kind: 'confirm', addToTraining: true })).toEqual({
    correct: true,
    add_to_training: true,
  })
})

test.each([
  ['no feedback', null, { correct: null }],
  ['a confirmation', { ...inTraining, sample_id: null }, { correct: true }],
  ['a confirmation that is trained on', inTraining, { correct: true, add_to_training: true }],
  ['a correction', corrected, { correct: false, label: 'kiwi' }],
  ['none of the classes', { ...corrected, label: null, sample_id: null }, { correct: false, label: null }],
])('undo restores %s', (_case, before, body) => expect(restoringBody(before)).toEqual(body))

test('an image that was not saved is not called an image of the training data', () => {
  const add = { kind: 'confirm', addToTraining: true } as const

  expect(changeText(inTraining, add)).toContain('Added to the training data as “lime”')
  expect(changeText({ ...inTraining, sample_id: null }, add)).toContain('was not saved')
  expect(bulkText([inTraining, { ...inTraining, sample_id: null }], add)).toBe(
    '1 image added to the training data. 1 image could not be added.',
  )
  expect(bulkText([corrected, corrected], { kind: 'label', label: 'kiwi' })).toBe(
    '2 predictions set to “kiwi”.',
  )
})
