/** An answer together with the places of its picture on which it depends: asked like any other, then
 *  explained by a child. What is kept of it is the answer alone; how places are found, lib/ml/evaluate/occlusion
 *  knows. */
import type { ExplainedAnswer, PredictionAnswer } from '#lib/contracts/predict.ts'
import { createBatcher } from './batcher.ts'
import type { ExplanationOutput, Pool } from './pool-parts.ts'
import type { SteadyClock } from '#lib/domain/ports.ts'
import {
  PATIENCE_MS,
  type PredictionRequest,
  type PredictCaller,
  type PredictOne,
  type Prepare,
} from './predict.ts'
import type { Swap } from './model-registry.ts'

/** That wait for their turn; on a busy machine each takes up to a second, and one more would wait in vain. */
const ROOM = 8
/** Kept of a difference of probabilities: more is noise of the arithmetic. */
const DROP_DIGITS = 6

export type ExplainParts = {
  readonly predict: PredictOne
  readonly swap: Pick<Swap, 'lease'>
  readonly pool: Pick<Pool, 'explain' | 'ready'>
  readonly clock: SteadyClock
  readonly prepare: Prepare
  readonly maxPixels: number
}

export type ExplanationService = {
  readonly predict: (asking: PredictionRequest, caller: PredictCaller) => Promise<ExplainedAnswer>
  /** To be called when a child may have become ready. */
  readonly wake: () => void
}

/** One at a time in a process, whoever asks: it costs as much as some fifty pictures, and those who want an
 *  answer go on being answered. */
export function createPredictExplained({
  predict,
  swap,
  pool,
  clock,
  prepare,
  maxPixels,
}: ExplainParts): ExplanationService {
  type ExplainRequest = { readonly asking: PredictionRequest; readonly caller: PredictCaller }
  const turns = createBatcher<ExplainRequest, ExplainedAnswer>({
    most: 1,
    room: ROOM,
    lanes: () => Math.min(1, pool.ready()),
    keyOf: () => 'explain',
    clock,
    run: async ([next]) => [await explained(next!)],
  })

  async function explained({ asking, caller }: ExplainRequest): Promise<ExplainedAnswer> {
    const answer = await predict(asking, caller)
    return { ...answer, explanation: explanationOf(await placesOf(answer, asking.picture.bytes, caller)) }
  }

  async function placesOf(
    { classifier, model_version, predicted_index }: PredictionAnswer,
    bytes: Uint8Array,
    caller: PredictCaller,
  ): Promise<ExplanationOutput> {
    const lease = await swap.lease(classifier, model_version)
    try {
      return await pool.explain(lease.ref, await prepare(bytes, lease, caller), {
        maxPixels,
        predicted: predicted_index,
        temperature: lease.version.card.calibration?.temperature ?? 1,
      })
    } finally {
      lease.release()
    }
  }

  return {
    async predict(asking, caller) {
      const began = clock.now()
      const { output, queuedMs } = await turns.submit({ asking, caller }, began + PATIENCE_MS, caller.signal)
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
