/**
 * Stores the row of a prediction before the response is sent. If an anonymous client's row cannot be
 * stored, the prediction is returned anyway and says that it was not saved; users and API keys get the
 * error, because they rely on their history.
 */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import type { PredictionWriter } from '#lib/data/predictions/prediction-types.ts'
import type { NewPrediction } from '#lib/data/values.ts'
import { isDarkroomError, type ErrorCode } from '#lib/domain/errors.ts'

const REASONS: Readonly<Partial<Record<ErrorCode, string>>> = {
  disk_full: 'the disk has no space left',
  database_busy: 'another program has locked the database',
  overloaded: 'too many predictions are waiting to be stored',
}

export async function savePrediction(
  writer: Pick<PredictionWriter, 'record'>,
  answer: PredictionAnswer,
  row: NewPrediction,
): Promise<PredictionAnswer> {
  try {
    await writer.record(row)
    return answer
  } catch (error) {
    const reason = row.isAnonymous && isDarkroomError(error) ? REASONS[error.code] : undefined
    if (reason === undefined) throw error
    return { ...answer, id: null, saved: false, unsaved_reason: reason }
  }
}
