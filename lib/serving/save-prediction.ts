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
  about: PredictionOrigin,
): Promise<PredictionAnswer> {
  try {
    await writer.record(rowOf(answer, about))
    return answer
  } catch (error) {
    const reason = about.isAnonymous && isDarkroomError(error) ? REASONS[error.code] : undefined
    if (reason === undefined) throw error
    return { ...answer, id: null, saved: false, unsaved_reason: reason }
  }
}

/** What a row has in addition to the answer. */
type PredictionOrigin = Pick<NewPrediction, 'id' | 'versionId' | 'image' | 'createdAt' | 'isAnonymous'>

const rowOf = (answer: PredictionAnswer, about: PredictionOrigin): NewPrediction => ({
  ...about,
  classifierId: answer.classifier,
  version: answer.model_version,
  engine: answer.engine,
  predictedClass: answer.predicted_class,
  predictedIndex: answer.predicted_index,
  confidence: answer.confidence,
  probabilities: answer.probabilities,
  decision: answer.decision,
  candidates: answer.candidates,
  familiarity: answer.familiarity?.distance ?? null,
  filename: answer.filename,
  width: answer.width,
  height: answer.height,
  decodeMs: answer.timing_ms.decode,
  queueMs: answer.timing_ms.queue,
  inferenceMs: answer.timing_ms.inference,
  totalMs: answer.timing_ms.total,
})
