/** Whether a version may predict with 8-bit numbers (int8): it must give the same class as with float32 for nearly
 *  every image, and must not lose accuracy where labels show it. The figures come from images that it was not trained
 *  on. */
import { countOf, pairedGain, type Interval, type Pairs } from './statistics.ts'

/** The images by which two precisions are compared. */
export const FEWEST_COMPARED = 200
export const LEAST_AGREEMENT = 0.99
/** Of accuracy, as a share: the whole 95 % interval of the loss must be below it. */
export const MOST_LOST = 0.005

export type PrecisionComparison = {
  readonly images: number
  /** Those with the same top class. */
  readonly agreeing: number
  /** The labelled images, float32 as champion and int8 as challenger; null: none has a label. */
  readonly pairs: Pairs | null
}

export type PrecisionVerdict = {
  readonly isAccepted: boolean
  /** Why it is not accepted, in a sentence; null: it is. */
  readonly reason: string | null
  readonly agreement: number | null
  /** Accuracy with float32 minus accuracy with int8; negative: int8 is better. */
  readonly lost: Interval | null
}

export function judgeInt8({ images, agreeing, pairs }: PrecisionComparison): PrecisionVerdict {
  const agreement = images === 0 ? null : agreeing / images
  const labelled = pairs === null ? 0 : countOf(pairs)
  const lost = pairs === null || labelled === 0 ? null : lossOf(pairs)
  const reason = objection({ images, agreeing, agreement, labelled, lost })
  return { isAccepted: reason === null, reason, agreement, lost }
}

function lossOf(pairs: Pairs): Interval {
  const gain = pairedGain(pairs)
  return { value: 0 - gain.value, low: 0 - gain.high, high: 0 - gain.low }
}

function objection({
  images,
  agreeing,
  agreement,
  labelled,
  lost,
}: {
  images: number
  agreeing: number
  agreement: number | null
  labelled: number
  lost: Interval | null
}): string | null {
  if (agreement === null || images < FEWEST_COMPARED)
    return `only ${images} images are available for a comparison with float32, and ${FEWEST_COMPARED} are needed`
  if (agreement < LEAST_AGREEMENT)
    return (
      `it gives the same class for ${agreeing} of ${images} images, which is less than ` +
      `${LEAST_AGREEMENT * 100} %`
    )
  if (lost !== null && lost.high >= MOST_LOST)
    return (
      `on ${labelled} labelled images, a loss of accuracy of up to ${(lost.high * 100).toFixed(2)} points ` +
      `cannot be excluded, and the limit is ${MOST_LOST * 100} points`
    )
  return null
}

/** What a model card says about 8-bit numbers, for pages and terminals; undefined: it was saved before they were
 *  measured. */
export function int8Sentence(
  int8:
    | {
        readonly is_accepted: boolean
        readonly reason: string | null
        readonly images: number
        readonly agreement: number | null
        readonly accuracy_lost: Interval | null
      }
    | null
    | undefined,
): string {
  if (!int8) return 'Predictions use float32. 8-bit numbers (int8) were not measured for this version.'
  const { is_accepted: isAccepted, reason, images, agreement, accuracy_lost: lost } = int8
  const verdict = isAccepted
    ? 'Predictions can use 8-bit numbers (int8), which are faster than float32 on most processors.'
    : (reason ?? 'Predictions use float32.')
  if (agreement === null) return verdict
  const points = (share: number): string => (share * 100).toFixed(2)
  const loss = lost
    ? ` Accuracy lost: ${points(lost.value)} points (95 % interval: ${points(lost.low)} to ${points(lost.high)}).`
    : ''
  return (
    `${verdict} ${points(agreement)} % of ${images.toLocaleString('en')} images get the same class with ` +
    `both.${loss}`
  )
}
