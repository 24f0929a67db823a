import { expect, test } from 'vitest'
import { feedbackMeaning, type FeedbackMeaning, type FeedbackResponse } from './feedback.ts'

test.each<[string, FeedbackResponse, FeedbackMeaning | null]>([
  [
    'a prediction that is correct confirms its class',
    { correct: true },
    { isCorrect: true, label: 'lime', isSample: false },
  ],
  [
    'the predicted class may be repeated',
    { correct: true, label: 'lime' },
    { isCorrect: true, label: 'lime', isSample: false },
  ],
  [
    'a confirmed image is trained on only if requested',
    { correct: true, addToTraining: true },
    { isCorrect: true, label: 'lime', isSample: true },
  ],
  [
    'a prediction that is incorrect is corrected by another class, and trained on',
    { correct: false, label: 'kiwi' },
    { isCorrect: false, label: 'kiwi', isSample: true },
  ],
  [
    'an image of none of the classes is not trained on',
    { correct: false, label: null },
    { isCorrect: false, label: null, isSample: false },
  ],
  ['feedback is removed', { correct: null }, null],
])('%s', (_case, response, meaning) => expect(feedbackMeaning('lime', response)).toEqual(meaning))

test.each<[string, FeedbackResponse, string]>([
  ['correct, but of another class', { correct: true, label: 'kiwi' }, 'also that the class is "kiwi"'],
  ['correct, but of no class', { correct: true, label: null }, 'also that none of the classes is'],
  ['incorrect, but of the predicted class', { correct: false, label: 'lime' }, 'both incorrect and correct'],
  ['incorrect, without the correct class', { correct: false }, 'but not what is correct'],
  [
    'of no class, but to be trained on',
    { correct: false, label: null, addToTraining: true },
    'cannot be added to the training data',
  ],
  ['without feedback, but of a class', { correct: null, label: 'kiwi' }, 'removes and gives feedback'],
])('refused: a prediction that is %s', (_case, response, why) =>
  expect(() => feedbackMeaning('lime', response)).toThrow(why),
)
