import { expect, test } from 'vitest'
import type { NewPrediction } from '#lib/data/values.ts'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { savePrediction } from './save-prediction.ts'

const answer = {
  id: 'a',
  saved: true,
  unsaved_reason: null,
  predicted_class: 'lime',
  timing_ms: { decode: 0, queue: 0, inference: 0, total: 0 },
} as PredictionAnswer
const failing = (error: unknown) => ({ record: () => Promise.reject(error) })
const errorOf = (code: ErrorCode) => new DarkroomError(code, { what: 'a', why: 'b', remedy: 'c' })
const rowOf = (isAnonymous: boolean) => ({ isAnonymous }) as NewPrediction

test.each<[ErrorCode, string]>([
  ['disk_full', 'the disk has no space left'],
  ['database_busy', 'another program has locked the database'],
  ['overloaded', 'too many predictions are waiting to be stored'],
])(
  'an anonymous client whose prediction cannot be stored for %s still receives it, with the reason why it is not saved',
  async (code, reason) => {
    expect(await savePrediction(failing(errorOf(code)), answer, rowOf(true))).toEqual({
      ...answer,
      id: null,
      saved: false,
      unsaved_reason: reason,
    })
    await expect(savePrediction(failing(errorOf(code)), answer, rowOf(false))).rejects.toMatchObject({ code })
  },
)

test('an internal error fails the request, also for an anonymous client', async () => {
  await expect(savePrediction(failing(new Error('a bug')), answer, rowOf(true))).rejects.toThrow('a bug')
})
