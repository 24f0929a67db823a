/** Feedback on predictions: correct, or what is correct. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import { feedbackMeaning } from '#lib/domain/feedback.ts'
import { notFound } from '#lib/data/store.ts'

export type FeedbackCases = {
  readonly giveFeedback: RouteAnswer<'POST /api/predictions/{id}/feedback'>
  readonly giveFeedbackOnMany: RouteAnswer<'POST /api/predictions/feedback'>
}
type Response = Parameters<FeedbackCases['giveFeedback']>[0]
type SavedResponse = Awaited<ReturnType<FeedbackCases['giveFeedback']>>

export function createFeedback({ feedback }: Pick<Data, 'feedback'>): FeedbackCases {
  return {
    giveFeedback: async (response) => (await save([response]))[0]!,
    giveFeedbackOnMany: async ({ feedback: responses }) => ({ feedback: await save(responses) }),
  }

  async function save(responses: readonly Response[]): Promise<SavedResponse[]> {
    const predicted = await feedback.predictedClasses(responses.map(({ id }) => id))
    const changes = responses.map(({ id, correct, label, add_to_training: addToTraining }) => {
      const predictedClass = predicted.get(id)
      if (predictedClass === undefined) throw notFound('prediction', id)
      return { predictionId: id, meaning: feedbackMeaning(predictedClass, { correct, label, addToTraining }) }
    })
    const samples = await feedback.save(changes)
    return changes.map(({ predictionId: id, meaning }, i) => ({
      id,
      correct: meaning?.isCorrect ?? null,
      label: meaning?.label ?? null,
      sample_id: samples[i]!,
    }))
  }
}
