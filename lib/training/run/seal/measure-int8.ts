/** The version with 8-bit numbers: its ranges, and the same figures as with float32, on the same images, by which the
 *  rule of domain/int8 keeps it or not. It writes no file. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import type { Int8File } from '#lib/contracts/int8.ts'
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import { judgeInt8, type PrecisionComparison } from '#lib/domain/evaluation/int8.ts'
import { answerOf } from '#lib/ml/evaluate/evaluate.ts'
import { subsetOf, type SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import { calibratedRanges, MOST_FOR_RANGES, spread } from '#lib/ml/quantise/calibrate.ts'
import type { Ranges } from '#lib/ml/quantise/quantised-graph.ts'
import { float32Reason } from '#lib/ml/quantise/quantised-values.ts'
import type { TrainingEngine } from '../ports.ts'
import { goldenLogits } from './golden.ts'
import type { Measurement } from './measure.ts'
import type { MeasuredModel } from './outputs.ts'

export type Int8Input = {
  readonly network: Network
  readonly weights: Weights
  readonly spec: Preprocess
  /** Images that may set the ranges. */
  readonly images: SampleSet
  /** Ranges of the pretrained network that it starts with, whose layers are unchanged; null: there are none. */
  readonly inherited: Ranges | null
  /** With float32. */
  readonly float32: Pick<Measurement, 'answered'>
  /** The same measurement with the version that is loaded as `key`. */
  readonly measureAs: (
    loaded: Pick<MeasuredModel, 'key' | 'engine'>,
  ) => Promise<Omit<Measurement, 'notes' | 'robustness' | 'reference' | 'folds' | 'validation'>>
  readonly signal?: AbortSignal
}

export type Int8Result = {
  readonly card: NonNullable<Card['int8']>
  /** For the bundle; null where it is not accepted. */
  readonly file: Int8File | null
}

/** Of an image that shows how the precisions agree, and not which is right. */
export const NO_LABEL = -1

const KEY = 'sealing int8'

/** @param engine that serves 8-bit numbers; null: none does on this machine */
export async function measureInt8(input: Int8Input, engine: TrainingEngine | null): Promise<Int8Result> {
  const { network, weights, spec, images, inherited, signal } = input
  const hindrance = int8Hindrance(network, input.float32.answered)
  if (hindrance) return withoutInt8(hindrance)
  if (!engine?.openExtremes) return withoutInt8('this machine has no engine for 8-bit numbers')
  if (!inherited && images.count === 0)
    return withoutInt8('there are no training images to measure its value ranges on')
  const chosen = subsetOf(images, spread(images.count, MOST_FOR_RANGES), network.classes)
  const ranges =
    inherited ??
    (await calibratedRanges(
      { network, weights },
      { images: chosen, spec, ...(signal && { signal }) },
      engine.openExtremes,
    ))
  await engine.load(KEY, { network, weights, ranges })
  try {
    const measured = await input.measureAs({ key: KEY, engine })
    const verdict = judgeInt8(comparisonOf(input.float32.answered, measured.answered))
    const golden = (await goldenLogits(engine, KEY, spec)).map((row) => softmax(row))
    return {
      card: {
        is_accepted: verdict.isAccepted,
        reason: verdict.reason && `Predictions use float32: with 8-bit numbers (int8), ${verdict.reason}.`,
        ranged: inherited ? null : chosen.count,
        images: imagesIn(measured.answered),
        agreement: verdict.agreement,
        accuracy_lost: verdict.lost,
        test: testPart(input.float32.answered, measured),
        calibration: measured.calibration,
        ...(measured.thresholds_from && { thresholds_from: measured.thresholds_from }),
        decision: measured.decision,
        candidates: measured.candidates,
        familiarity: measured.familiarity,
      },
      file: verdict.isAccepted ? { format: 1, ranges: rangesOf(ranges), golden } : null,
    }
  } finally {
    await engine.unload(KEY)
  }
}

/** Why int8 cannot be accepted, whatever it predicts, as half a sentence; null: it may be.
 *  @param float32 its predictions with float32, by which int8 would be judged */
export const int8Hindrance = (network: Network, float32: Answers): string | null =>
  float32Reason(network) ?? judgeInt8(comparisonOf(float32, float32)).reason // even if no answer changed

/** The card of a version that is served with float32 only. */
export function withoutInt8(because: string): Int8Result {
  return {
    file: null,
    card: {
      is_accepted: false,
      reason: `Predictions use float32, not 8-bit numbers (int8): ${because}.`,
      ranged: null,
      images: 0,
      agreement: null,
      accuracy_lost: null,
      test: null,
      calibration: null,
      decision: null,
      candidates: null,
      familiarity: null,
    },
  }
}

type Answers = Measurement['answered']

/** @param float32 and int8 of the same images, in the same order */
export function comparisonOf(float32: Answers, int8: Answers): PrecisionComparison {
  let [agreeing, labelled] = [0, 0]
  const pairs = { bothRight: 0, onlyChampionRight: 0, onlyChallengerRight: 0, bothWrong: 0 }
  float32.forEach(({ logits, labels }, set) => {
    for (let i = 0; i < logits.count; i++) {
      const [a, b] = [answerOf(logits, i), answerOf(int8[set]!.logits, i)]
      if (a === b) agreeing += 1
      if (labels[i] === NO_LABEL) continue
      labelled += 1
      pairs[pairOf(a === labels[i], b === labels[i])] += 1
    }
  })
  return { images: imagesIn(float32), agreeing, pairs: labelled === 0 ? null : pairs }
}

function pairOf(float32: boolean, int8: boolean) {
  if (float32) return int8 ? 'bothRight' : 'onlyChampionRight'
  return int8 ? 'onlyChallengerRight' : 'bothWrong'
}

const imagesIn = (answers: Answers): number => answers.reduce((sum, { logits }) => sum + logits.count, 0)

/** The test images are the last ones of both. */
function testPart(
  float32: Answers,
  { test, answered }: Pick<Measurement, 'test' | 'answered'>,
): NonNullable<Card['int8']>['test'] {
  const lost = test && judgeInt8(comparisonOf(float32.slice(-1), answered.slice(-1))).lost
  return (
    test &&
    lost && {
      images: test.images,
      accuracy: test.accuracy,
      loss: test.loss,
      ece: test.ece,
      accuracy_lost: lost,
    }
  )
}

/** With the digits that float32 has. */
const rangesOf = (ranges: Ranges): Int8File['ranges'] =>
  Object.fromEntries(
    Object.entries(ranges).map(([layer, [low, high]]) => [
      layer,
      [Number(low.toPrecision(7)), Number(high.toPrecision(7))],
    ]),
  )
