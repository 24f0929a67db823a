/** Compares two versions on the same images, on the engine that serves: paired predictions, and the verdict of
 *  the gate. The rule itself is lib/domain/evaluation/gate.ts; promotion is decided elsewhere. */
import type { ComparisonAnswer, VerdictAnswer } from '#lib/contracts/models.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { answersAt, calibrationError, FEWEST_FOR_CALIBRATION } from '#lib/domain/evaluation/calibration.ts'
import { coverageOf, withChances } from '#lib/domain/evaluation/conformal.ts'
import {
  compare,
  FEWEST_IMAGES,
  judge,
  sentence,
  type Comparison,
  type PairedAnswer,
  type Verdict,
} from '#lib/domain/evaluation/gate.ts'
import { mcnemarExact, wilson } from '#lib/domain/evaluation/statistics.ts'
import { thresholdsOf } from '#lib/ml/evaluate/reliability.ts'
import type { FoldComparison } from './comparable-images.ts'
import {
  asServed,
  predictSamples,
  type PredictionPorts,
  type ServedVersion,
  type VersionPredictions,
} from './predict-samples.ts'
import { answeredBy, predictionChanges, type PairedLogits } from './prediction-changes.ts'

export type ComparisonInput = {
  readonly champion: VersionWithCard
  readonly challenger: VersionWithCard
  /** Test images that neither trained on. */
  readonly entries: readonly SnapshotEntry[]
  /** Hashes of those that were added after the champion was trained. */
  readonly unseen: ReadonlySet<string>
  /** Out-of-fold answers; absent: both are predicted with the serving engine. */
  readonly folds?: FoldComparison | null
  readonly now: Date
}

type PairedPrediction = PairedLogits & { readonly entry: SnapshotEntry }

export async function compareVersions(
  input: ComparisonInput,
  ports: PredictionPorts,
): Promise<ComparisonAnswer> {
  const { champion, challenger, unseen } = input
  const entries = input.entries.filter(({ label }) => challenger.classes.includes(label))
  const { folds = null } = input
  const byChampion = await predictionsOf(champion, entries, folds?.champion, ports)
  const byChallenger = await predictionsOf(challenger, entries, folds?.challenger, ports)
  const predicted = entries.flatMap((entry, i): PairedPrediction[] => {
    const a = byChampion.rows[i]
    const b = byChallenger.rows[i]
    return a && b ? [{ entry, champion: a, challenger: b }] : []
  })
  const common = predicted.filter(({ entry }) => champion.classes.includes(entry.label))
  const answers = common.map((one): PairedAnswer => ({
    label: one.entry.label,
    championRight: champion.classes[largest(one.champion)] === one.entry.label,
    challengerRight: challenger.classes[largest(one.challenger)] === one.entry.label,
    isNew: unseen.has(one.entry.hash),
  }))
  const ece = {
    champion: eceOf(asServed(champion, byChampion), common, 'champion'),
    challenger: eceOf(asServed(challenger, byChallenger), common, 'challenger'),
  }
  const compared = compare(
    answers,
    ece.champion === null || ece.challenger === null ? null : ece.challenger - ece.champion,
    folds,
  )
  const answer = answerOf(input, { predicted, answers, compared, ece, byChampion, byChallenger })
  const verdict = verdictOf(input, answers, compared)
  return {
    ...answer,
    changes: predictionChanges(common, {
      champion: asServed(champion, byChampion),
      challenger: asServed(challenger, byChallenger),
    }),
    verdict: { ...verdict, sentence: `${verdict.sentence}${newClassesSentence(input, answer)}` },
  }
}

/** Out-of-fold predictions where there are any; the engine predicts the rest. */
async function predictionsOf(
  version: VersionWithCard,
  entries: readonly SnapshotEntry[],
  outOfFold: ReadonlyMap<string, Float32Array> | undefined,
  ports: PredictionPorts,
): Promise<VersionPredictions> {
  const others = entries.filter(({ hash }) => !outOfFold?.has(hash))
  const predicted = await predictSamples(version, others, ports)
  const places = new Map(others.map(({ hash }, i) => [hash, i]))
  return {
    ...predicted,
    rows: entries.map(({ hash }) => outOfFold?.get(hash) ?? predicted.rows[places.get(hash)!] ?? null),
    distances: entries.map(({ hash }) => predicted.distances[places.get(hash) ?? -1] ?? null),
  }
}

type ComparisonFigures = {
  predicted: readonly PairedPrediction[]
  answers: readonly PairedAnswer[]
  compared: Comparison
  ece: ComparisonAnswer['ece']
  byChampion: VersionPredictions
  byChallenger: VersionPredictions
}

function answerOf(
  { champion, challenger, now }: ComparisonInput,
  { predicted, answers, compared, ece, byChampion, byChallenger }: ComparisonFigures,
): Omit<ComparisonAnswer, 'verdict'> {
  const { pairs } = compared
  const parts = (['old', 'new'] as const).flatMap((name) => {
    const of = answers.filter((answer) => answer.isNew === (name === 'new'))
    const gain = name === 'old' ? compared.oldGain : compared.newGain
    return gain ? [{ name, images: of.length, gain }] : []
  })
  const added = challenger.classes
    .filter((name) => !champion.classes.includes(name))
    .flatMap((name) => {
      const of = predicted.filter(({ entry }) => entry.label === name)
      const correct = of.filter((one) => challenger.classes[largest(one.challenger)] === name).length
      return of.length === 0
        ? []
        : [
            {
              class: name,
              images: of.length,
              recall_champion: 0,
              recall_challenger: correct / of.length,
              p_value: 1,
              is_new: true,
            },
          ]
    })
  return {
    classifier: champion.classifierId,
    champion: champion.name,
    challenger: challenger.name,
    engine: byChallenger.engine ?? byChampion.engine ?? 'onnx',
    images: answers.length,
    both_right: pairs.bothRight,
    only_champion_right: pairs.onlyChampionRight,
    only_challenger_right: pairs.onlyChallengerRight,
    both_wrong: pairs.bothWrong,
    accuracy: {
      champion: wilson(pairs.bothRight + pairs.onlyChampionRight, answers.length),
      challenger: wilson(pairs.bothRight + pairs.onlyChallengerRight, answers.length),
      gain: compared.accuracyGain,
    },
    p_value: mcnemarExact(pairs.onlyChallengerRight, pairs.onlyChampionRight),
    parts,
    per_class: [
      ...compared.classes.map((one) => ({
        class: one.name,
        images: one.images,
        recall_champion: one.recallChampion,
        recall_challenger: one.recallChallenger,
        p_value: one.pValue,
        is_new: false,
      })),
      ...added,
    ],
    ece,
    coverage: {
      champion: coverageIn(asServed(champion, byChampion), predicted, 'champion'),
      challenger: coverageIn(asServed(challenger, byChallenger), predicted, 'challenger'),
    },
    latency_ms: { champion: byChampion.msPerImage, challenger: byChallenger.msPerImage },
    size_bytes: { champion: champion.sizeBytes, challenger: challenger.sizeBytes },
    at: now.toISOString(),
  }
}

/** New classes have no pairs to count; without this sentence a version that knows more classes would look like
 *  one that does not. */
function newClassesSentence(
  { champion, challenger }: ComparisonInput,
  { per_class: classes }: Pick<ComparisonAnswer, 'per_class'>,
): string {
  const count = challenger.classes.filter((name) => !champion.classes.includes(name)).length
  if (count === 0) return ''
  const added = classes.filter((one) => one.is_new)
  const images = added.reduce((sum, one) => sum + one.images, 0)
  const correct = added.reduce((sum, one) => sum + Math.round(one.recall_challenger * one.images), 0)
  const measured =
    images === 0
      ? `there are no test images of ${count === 1 ? 'it' : 'them'}`
      : `correct on ${correct.toLocaleString('en')} of ${images.toLocaleString('en')} test images of ` +
        `${count === 1 ? 'it' : 'them'}, which are not counted above`
  return (
    ` It also has ${count === 1 ? '1 class' : `${count} classes`} that ${champion.name} does not ` +
    `have: ${measured}.`
  )
}

/** The verdict of the gate; inconclusive when the champion's own test images are not on this machine, because
 *  the accuracy on its old classes is unknown. */
function verdictOf(
  { champion }: ComparisonInput,
  answers: readonly PairedAnswer[],
  compared: Comparison,
): VerdictAnswer {
  const verdict = judge(compared)
  const oldImages = answers.filter((answer) => !answer.isNew).length
  const sealed = champion.card.test?.images ?? 0
  const isOldUnknown = verdict.kind !== 'worse' && oldImages < FEWEST_IMAGES && sealed >= FEWEST_IMAGES
  if (!isOldUnknown) return verdictAnswer(verdict, compared)
  const missing =
    `The ${sealed.toLocaleString('en')} test images of ${champion.name} are not on this machine, ` +
    'so a loss of accuracy on them cannot be detected.'
  const onNewImages =
    compared.images === 0 ? '' : ` On the new images: ${lowered(sentence(compared, verdict))}`
  return {
    kind: 'cannot_tell',
    sentence: `Inconclusive. ${missing}${onNewImages}`,
    because: [missing],
    images: compared.images,
    images_needed: sealed,
  }
}

/** The kinds as the API names them. */
const KIND_OF = {
  first: 'first',
  better: 'better',
  'not-worse': 'not_worse',
  equal: 'equal',
  worse: 'worse',
  'cannot-tell': 'cannot_tell',
} as const satisfies Readonly<Record<Verdict['kind'], VerdictAnswer['kind']>>

export function verdictAnswer(verdict: Verdict, compared: Comparison): VerdictAnswer {
  return {
    kind: KIND_OF[verdict.kind],
    sentence: sentence(compared, verdict),
    because: verdict.kind === 'worse' ? [...verdict.because] : [],
    images: compared.images,
    images_needed: verdict.kind === 'cannot-tell' ? verdict.imagesNeeded : null,
  }
}

function eceOf(
  version: ServedVersion,
  predicted: readonly PairedPrediction[],
  side: 'champion' | 'challenger',
): number | null {
  if (predicted.length < FEWEST_FOR_CALIBRATION) return null
  const { logits, labels } = answeredBy(version, predicted, side)
  return calibrationError(answersAt(logits, labels, version.card.calibration?.temperature ?? 1))
}

/** How often the candidate classes contain the true class, among images whose class the version knows; null when
 *  it names none. */
function coverageIn(
  version: ServedVersion,
  predicted: readonly PairedPrediction[],
  side: 'champion' | 'challenger',
): number | null {
  const { candidateMass: mass } = thresholdsOf(version.card)
  const ofKnownClass = predicted.filter(({ entry }) => version.classes.includes(entry.label))
  if (mass === null) return null
  const { logits, labels } = answeredBy(version, ofKnownClass, side)
  const answers = withChances(
    answersAt(logits, labels, version.card.calibration?.temperature ?? 1),
    ofKnownClass.map(({ entry }) => entry.hash),
  )
  return coverageOf(answers, mass)?.coverage.value ?? null
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
const largest = (row: Float32Array): number => row.indexOf(Math.max(...row))
