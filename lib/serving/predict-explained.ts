/**
 * A prediction together with the image regions on which it depends: predicted as usual, then explained by
 * the engine. Only the prediction is stored. lib/ml/evaluate/occlusion finds the regions.
 */
import type { ExplainedAnswer, PredictionAnswer } from '#lib/contracts/predict.ts'
import { createBatcher } from './batcher.ts'
import type { ExplanationOutput, Inference } from './pool-parts.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'
import {
  hashOf,
  PATIENCE_MS,
  type PredictionRequest,
  type PredictCaller,
  type PredictOne,
  type Prepare,
} from './predict.ts'
import type { Swap } from './model-registry.ts'

/** Explanations that may wait; on a busy machine each takes up to a second, and one more would time out. */
const MOST_WAITING = 8
/** Digits of a difference of probabilities; further ones are numerical noise. */
const DROP_DIGITS = 6

export type ExplainParts = {
  readonly predict: PredictOne
  readonly swap: Pick<Swap, 'lease'>
  readonly pool: Pick<Inference, 'explain' | 'ready'>
  readonly clock: SteadyClock
  readonly prepare: Prepare
  readonly maxPixels: number
}

export type ExplanationService = {
  readonly predict: (request: PredictionRequest, caller: PredictCaller) => Promise<ExplainedAnswer>
  /** To be called when the engine may have become ready. */
  readonly wake: () => void
}

/**
 * One at a time in a process, across all clients: an explanation costs as much as about fifty images, and
 * ordinary predictions must continue meanwhile.
 */
export function createPredictExplained({
  predict,
  swap,
  pool,
  clock,
  prepare,
  maxPixels,
}: ExplainParts): ExplanationService {
  type ExplainRequest = { readonly request: PredictionRequest; readonly caller: PredictCaller }
  const turns = createBatcher<ExplainRequest, ExplainedAnswer>({
    most: 1,
    capacity: MOST_WAITING,
    lanes: () => Math.min(1, pool.ready()),
    keyOf: () => 'explain',
    clock,
    run: async ([next]) => [await explained(next!)],
  })

  async function explained({ request, caller }: ExplainRequest): Promise<ExplainedAnswer> {
    const answer = await predict(request, caller)
    return { ...answer, explanation: explanationOf(await placesOf(answer, request.image.bytes, caller)) }
  }

  async function placesOf(
    { classifier, model_version, predicted_index }: PredictionAnswer,
    bytes: Uint8Array,
    caller: PredictCaller,
  ): Promise<ExplanationOutput> {
    const lease = await swap.lease(classifier, model_version)
    try {
      return await pool.explain(lease.ref, await prepare({ bytes, hash: hashOf(bytes) }, lease, caller), {
        maxPixels,
        predicted: predicted_index,
        temperature: lease.version.card.calibration?.temperature ?? 1,
      })
    } finally {
      lease.release()
    }
  }

  return {
    async predict(request, caller) {
      const began = clock.now()
      const { output, queuedMs } = await turns.submit(
        { request: request, caller },
        began + PATIENCE_MS,
        caller.signal,
      )
      const { timing_ms } = output
      return {
        ...output,
        timing_ms: { ...timing_ms, queue: ms(timing_ms.queue + queuedMs), total: ms(clock.now() - began) },
      }
    },
    wake: turns.wake,
  }
}

const explanationOf = ({
  rows,
  columns,
  drops,
  square,
}: ExplanationOutput): NonNullable<ExplainedAnswer['explanation']> => ({
  method: 'occlusion',
  rows,
  columns,
  drops: drops.map((row) => row.map((drop) => Number(drop.toFixed(DROP_DIGITS)) + 0)), // − 0 becomes 0
  square: `data:image/png;base64,${Buffer.from(square).toString('base64')}`,
})

const ms = (value: number): number => Math.round(value * 100) / 100
