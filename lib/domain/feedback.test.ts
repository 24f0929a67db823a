import { expect, test } from 'vitest'
import { confirmedLabel, type FeedbackResponse } from './feedback.ts'

test.each<[string, FeedbackResponse, string]>([
  ['a prediction that is correct confirms its class', { correct: true }, 'lime'],
  ['the predicted class may be repeated', { correct: true, label: 'lime' }, 'lime'],
  ['a prediction that is incorrect is corrected by another class', { correct: false, label: 'kiwi' }, 'kiwi'],
])('%s', (_case, response, label) => expect(confirmedLabel('lime', response)).toBe(label))

test.each<[string, FeedbackResponse, string]>([
  ['correct, but of another class', { correct: true, label: 'kiwi' }, 'also that the class is "kiwi"'],
  ['incorrect, but of the predicted class', { correct: false, label: 'lime' }, 'both incorrect and correct'],
  ['incorrect, without the correct class', { correct: false }, 'but not what is correct'],
])('refused: a prediction that is %s', (_case, response, why) =>
  expect(() => confirmedLabel('lime', response)).toThrow(why),
)
