/** Float32 or 8-bit numbers for a version that is being loaded: what PRECISION sets, the card allows, and this machine
 *  computes faster. It loads nothing itself. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { InferencePrecision, PrecisionSetting, ServedPrecision } from '#lib/contracts/precision.ts'

/** A smaller gain is within what repeated measurements differ by. */
const LEAST_GAIN = 1.05
/** Images in a run of the probe, and runs of each precision; the fastest run counts. */
export const PROBE_IMAGES = 4
const ROUNDS = 6

export type PrecisionFacts = {
  readonly setting: PrecisionSetting
  /** Whether the engine computes with 8-bit numbers. */
  readonly isPossible: boolean
  readonly engine: string
  /** Whether the bundle has the ranges. */
  readonly hasRanges: boolean
  readonly card: Pick<Card, 'int8'>
}

/** The precisions to load: one, or both to be measured. A note says why int8 was requested and is not served. */
export function precisionsToTry({ setting, isPossible, engine, hasRanges, card }: PrecisionFacts): {
  readonly precisions: readonly InferencePrecision[]
  readonly note: string | null
} {
  if (setting === 'float32') return { precisions: ['float32'], note: null }
  const obstacle = obstacleOf({ isPossible, engine, hasRanges, card })
  if (obstacle !== null)
    return {
      precisions: ['float32'],
      note: setting === 'int8' ? `PRECISION is int8, but float32 is used: ${obstacle}` : null,
    }
  return { precisions: setting === 'int8' ? ['int8'] : ['float32', 'int8'], note: null }
}

function obstacleOf({ isPossible, engine, hasRanges, card }: Omit<PrecisionFacts, 'setting'>): string | null {
  if (!isPossible) return `the engine ${engine} computes with float32 only.`
  if (!card.int8) return 'the version was saved without a measurement of int8.'
  if (!card.int8.is_accepted || !hasRanges) return card.int8.reason ?? 'its model card does not allow int8.'
  return null
}

/** Milliseconds of a run with each precision. */
export type ProbedTimes = Readonly<Record<InferencePrecision, number>>

/** Measures in turns, so that other work on the machine slows both alike. */
export async function probeTimes(
  run: (precision: InferencePrecision) => Promise<unknown>,
  now: () => number,
): Promise<ProbedTimes> {
  const times = { float32: Infinity, int8: Infinity }
  for (let round = 0; round <= ROUNDS; round++)
    for (const precision of ['float32', 'int8'] as const) {
      const startedAt = now()
      await run(precision)
      if (round > 0) times[precision] = Math.min(times[precision], now() - startedAt) // the first run prepares
    }
  return times
}

export function fasterOf({ float32, int8 }: ProbedTimes): ServedPrecision {
  const perImage = (ms: number): string => (ms / PROBE_IMAGES).toFixed(2)
  const times = `${perImage(int8)} ms per image with int8, ${perImage(float32)} ms with float32 on this machine`
  return float32 >= int8 * LEAST_GAIN
    ? { precision: 'int8', note: `It is faster: ${times}.` }
    : { precision: 'float32', note: `int8 is not faster: ${times}.` }
}
