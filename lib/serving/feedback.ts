/** Feedback on a prediction: correct, or what is correct. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import { confirmedLabel } from '#lib/domain/feedback.ts'

export const createGiveFeedback =
  ({ feedback }: Pick<Data, 'feedback'>): RouteAnswer<'POST /api/predictions/{id}/feedback'> =>
  async ({ id, correct, label: given }) => {
    const label = confirmedLabel(await feedback.predictedClassOf(id), { correct, label: given })
    const sampleId = await feedback.save({ predictionId: id, isCorrect: correct, label })
    return { id, correct, label, sample_id: sampleId }
  }
