/** Whether a challenger is significantly better than the champion on the same images: a verdict and its sentence.
 *  It reads no rows and promotes no version; `mayPromote` decides what a verdict permits. */
import { counted } from '../text/count-text.ts'
import { balancedGain, crossValidatedGain, isImbalanced, lostByFolds } from './cross-validated.ts'
import { countOf, holm, mcnemarExact, type Interval, type Pairs } from './statistics.ts'

/** Evaluation results that promote a new version: see AUTO_PROMOTE in lib/contracts/settings.ts. */
export const AUTO_PROMOTE = ['off', 'better', 'not_worse'] as const
export type AutoPromote = (typeof AUTO_PROMOTE)[number]

export const FEWEST_IMAGES = 30
/** Independent images below which cross-validated versions are not even called equal. */
export const FEWEST_FOR_EQUAL = 10
export const ACCURACY_MARGIN = 0.01 // a drop of less than one point is still "not worse"
export const RECALL_MARGIN = 0.05 // per class, when the drop is significant
export const FEWEST_CLASS_IMAGES = 20 // below that a class is reported and not judged
export const ECE_MARGIN = 0.02 // judged only from ECE_IMAGES on: on fewer images it is mostly noise
export const ECE_IMAGES = 1_000
export const SIGNIFICANT = 0.05
/** Share of the champion's images that users may have removed since, so that the rest still counts as the same images:
 *  a correction that excludes an unusable image must not keep the corrected version from going live. */
const MOST_REMOVED = 0.1
/** Characters of the reason that promoting a worse version requires. */
export const MIN_REASON_LENGTH = 3
const ROUNDING = 1e-9 // 0.75 − 0.7 is slightly more than 0.05 in doubles

export type ClassComparison = {
  readonly name: string
  readonly images: number
  readonly recallChampion: number
  readonly recallChallenger: number
  /** Exact McNemar, Holm-corrected over the judged classes. */
  readonly pValue: number
}

export type Comparison = {
  readonly images: number
  readonly pairs: Pairs
  readonly accuracyGain: Interval
  /** The champion's test images, and those added since; absent when there are none. */
  readonly oldGain: Interval | null
  readonly newGain: Interval | null
  readonly classes: readonly ClassComparison[]
  /** Growth of the expected calibration error; null when it was not measured. */
  readonly eceGrowth: number | null
  /** Where a version was evaluated by cross-validation: in how many folds. */
  readonly folds?: number | null
  /** Some classes have far more images than others, so `accuracyGain` is the mean of the classes. */
  readonly isBalanced?: boolean
  /** Where versions were evaluated by cross-validation. */
  readonly reused?: ReusedImages | null
  /** All images that it was trained on in addition are near-copies of those of the champion, with the same labels. */
  readonly addsOnlyCopies?: boolean
}

export type Verdict =
  | { readonly kind: 'first' | 'better' | 'not-worse' | 'equal' }
  | { readonly kind: 'worse'; readonly because: readonly string[] }
  | { readonly kind: 'cannot-tell'; readonly imagesNeeded: number }

/** One image that both versions predicted. `isNew`: it was added after the champion was trained. */
export type PairedAnswer = {
  readonly label: string
  readonly championRight: boolean
  readonly challengerRight: boolean
  readonly isNew: boolean
}

/** How many of the images that the champion was trained on the challenger was trained on too. */
export type ReusedImages = { readonly images: number; readonly of: number }

/** How versions that were evaluated by cross-validation are compared. */
export type FoldedComparison = {
  readonly folds: number
  readonly reused: ReusedImages
  readonly addsOnlyCopies?: boolean
}

/** Counts paired predictions into what the gate judges. */
export function compare(
  answers: readonly PairedAnswer[],
  eceGrowth: number | null,
  validation: FoldedComparison | null = null,
): Comparison {
  const folds = validation?.folds ?? null
  const gainOf = (pairs: Pairs): Interval => crossValidatedGain(pairs, folds ?? 1)
  const old = answers.filter((a) => !a.isNew)
  const fresh = answers.filter((a) => a.isNew)
  const pairs = countPairs(answers)
  const ofClasses = [...Map.groupBy(answers, ({ label }) => label).values()]
  const isBalanced = folds !== null && ofClasses.length > 1 && isImbalanced(ofClasses.map(sizeOf))
  return {
    images: answers.length,
    pairs,
    accuracyGain: isBalanced ? balancedGain(ofClasses.map(countPairs), folds) : gainOf(pairs),
    isBalanced,
    oldGain: old.length > 0 ? gainOf(countPairs(old)) : null,
    newGain: fresh.length > 0 ? gainOf(countPairs(fresh)) : null,
    classes: compareClasses(answers, folds),
    eceGrowth,
    folds,
    reused: validation?.reused ?? null,
    addsOnlyCopies: validation?.addsOnlyCopies === true,
  }
}

export function judge(c: Comparison): Verdict {
  if (c.images < FEWEST_IMAGES)
    return isEqual(c) ? { kind: 'equal' } : { kind: 'cannot-tell', imagesNeeded: FEWEST_IMAGES }
  const because = objections(c)
  if (because.length > 0) return { kind: 'worse', because }
  if (c.accuracyGain.low > 0 || isBetterOnNew(c)) return { kind: 'better' }
  if (c.accuracyGain.low >= -ACCURACY_MARGIN) return { kind: 'not-worse' }
  if (isEqual(c)) return { kind: 'equal' }
  return { kind: 'cannot-tell', imagesNeeded: imagesToSettle(c) }
}

/** Not distinguishable, and trained on the same images or more, apart from a few that were removed: with few images,
 *  no stronger statement is possible. More copies of the same images are no reason to expect a better version. */
const isEqual = (c: Comparison): boolean =>
  c.folds != null &&
  c.reused != null &&
  c.reused.images >= (1 - MOST_REMOVED) * c.reused.of &&
  c.addsOnlyCopies !== true &&
  c.images >= FEWEST_FOR_EQUAL &&
  c.accuracyGain.value >= 0 &&
  c.accuracyGain.low <= 0

/** Whether a verdict permits promotion without a user's action. */
export function mayPromote(kind: Verdict['kind'], setting: AutoPromote): boolean {
  if (kind === 'first') return true
  if (setting === 'off') return false
  return kind === 'better' || ((kind === 'not-worse' || kind === 'equal') && setting === 'not_worse')
}

/** The verdict as a sentence, counts first, because readers can check them. */
export function sentence(c: Comparison, verdict: Verdict): string {
  if (verdict.kind === 'first') return 'The first version: there is nothing to compare it with.'
  const counts =
    `Correct on ${images(c.pairs.onlyChallengerRight)} that the old version got wrong, ` +
    `incorrect on ${c.pairs.onlyChampionRight} that it got right: ${points(c.accuracyGain.value)} ` +
    `points${c.isBalanced === true ? ', with each class counted the same' : ''} ` +
    `(${points(c.accuracyGain.low)} to ${points(c.accuracyGain.high)}).`
  switch (verdict.kind) {
    case 'better':
      return `Better. ${counts}`
    case 'not-worse':
      return `Not worse. ${counts}`
    case 'equal':
      return `No measurable difference; the new version was trained on ${sameImages(c)}. ${counts}`
    case 'worse':
      return `Worse. ${counts} ${verdict.because.join(' ')}`
    case 'cannot-tell':
      if (c.images === 0)
        return `Inconclusive: there are no test images to compare on. ${FEWEST_IMAGES} are needed.`
      if (c.folds != null)
        return `Inconclusive. ${counts} ${copiesSentence(c)}${helpSentence(c, verdict.imagesNeeded)}`
      return (
        `Inconclusive. ${counts} About ${counted(verdict.imagesNeeded, 'test image')} are needed for ` +
        `a conclusion; ${c.images.toLocaleString('en-GB')} ${c.images === 1 ? 'is' : 'are'} available.`
      )
  }
}

function sameImages({ reused }: Comparison): string {
  const removed = reused ? reused.of - reused.images : 0
  if (removed === 0) return 'at least the same images'
  return `at least the same images, except for ${removed} that ${removed === 1 ? 'was' : 'were'} removed`
}

const copiesSentence = (c: Comparison): string =>
  c.addsOnlyCopies === true ? 'All new images are near-copies of earlier ones, which count once. ' : ''

/** What would settle it: more images, of the class that is recognised worst most of all. */
function helpSentence(c: Comparison, imagesNeeded: number): string {
  const [weakest] = c.classes
    .filter((k) => k.recallChallenger < 1)
    .toSorted((a, b) => a.recallChallenger - b.recallChallenger)
  const whose = weakest ? `, of "${weakest.name}" first,` : ''
  return `About ${counted(imagesNeeded - c.images, 'more image')}${whose} would settle it.`
}

function isBetterOnNew(c: Comparison): boolean {
  if (!c.newGain || c.newGain.low <= 0) return false
  if (c.isBalanced === true && c.accuracyGain.value < 0) return false // the new images are of the large classes
  return c.oldGain === null || c.oldGain.low >= -ACCURACY_MARGIN
}

function objections(c: Comparison): string[] {
  const reasons: string[] = []
  if (c.accuracyGain.high < 0)
    reasons.push(`Accuracy dropped significantly, by ${points(-c.accuracyGain.value).slice(1)} points.`)
  for (const k of c.classes) {
    const fall = k.recallChampion - k.recallChallenger
    if (k.images >= FEWEST_CLASS_IMAGES && fall > RECALL_MARGIN + ROUNDING && k.pValue < SIGNIFICANT) {
      reasons.push(
        `Recall of "${k.name}" dropped to ${percent(k.recallChallenger)} from ` +
          `${percent(k.recallChampion)}.`,
      )
    }
  }
  if (c.eceGrowth !== null && c.images >= ECE_IMAGES && c.eceGrowth > ECE_MARGIN) {
    reasons.push(`The calibration error rose by ${points(c.eceGrowth).slice(1)} points.`)
  }
  return reasons
}

/** The number of images that would move the nearer of the two deciding bounds to its threshold, if the gain stays
 *  as measured: an interval's width falls with the square root of the images. */
function imagesToSettle(c: Comparison): number {
  const half = c.accuracyGain.value - c.accuracyGain.low
  const distance = Math.max(c.accuracyGain.value + ACCURACY_MARGIN, -c.accuracyGain.value)
  const needed = Math.ceil(c.images * (half / distance) ** 2)
  return Math.max(needed, c.images + 1)
}

function compareClasses(answers: readonly PairedAnswer[], folds: number | null): ClassComparison[] {
  const by = lostByFolds(folds ?? 1)
  const byClass = Map.groupBy(answers, (a) => a.label)
  const counted = [...byClass].map(([name, of]) => ({ name, pairs: countPairs(of) }))
  const judged = counted.filter((k) => countOf(k.pairs) >= FEWEST_CLASS_IMAGES)
  const corrected = holm(
    judged.map(({ pairs }) =>
      mcnemarExact(Math.round(pairs.onlyChallengerRight / by), Math.round(pairs.onlyChampionRight / by)),
    ),
  )
  return counted.map(({ name, pairs }) => {
    const images = countOf(pairs)
    const at = judged.findIndex((k) => k.name === name)
    return {
      name,
      images,
      recallChampion: (pairs.bothRight + pairs.onlyChampionRight) / images,
      recallChallenger: (pairs.bothRight + pairs.onlyChallengerRight) / images,
      pValue: at >= 0 ? corrected[at]! : 1,
    }
  })
}

export function countPairs(answers: readonly PairedAnswer[]): Pairs {
  const count = (champion: boolean, challenger: boolean) =>
    answers.filter((a) => a.championRight === champion && a.challengerRight === challenger).length
  return {
    bothRight: count(true, true),
    onlyChampionRight: count(true, false),
    onlyChallengerRight: count(false, true),
    bothWrong: count(false, false),
  }
}

const sizeOf = (of: readonly unknown[]) => ({ images: of.length })
const images = (n: number) => `${n} ${n === 1 ? 'image' : 'images'}`
const points = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`
const percent = (share: number) => `${(share * 100).toFixed(0)} %`
