/** What a new version predicts for the images corrected since the previous version. The result is informational:
 *  the new version was trained on most of them. */
import type { Run } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import { parseDraft } from '../run/plan.ts'
import { predictSamples } from '../versions/predict-samples.ts'
import type { TrainingParts } from './ports.ts'

/** Limit, because predicting more would take too long. */
const MOST_PREDICTED = 200

/** Empty when there are no corrections. */
export async function correctionsSentence(
  version: VersionWithCard,
  run: Run,
  { data, inference, settings }: TrainingParts,
  signal: AbortSignal,
): Promise<string> {
  const unseen = new Set(parseDraft(run.plan).unseen)
  const entries = (await data.samples.all(run.classifierId))
    .filter(({ hash, source }) => source === 'feedback' && unseen.has(hash))
    .slice(-MOST_PREDICTED)
    .map(({ hash, label, split }) => ({ hash, label, split }))
  if (entries.length === 0) return ''
  const { rows } = await predictSamples(version, entries, {
    bytesOf: data.images.bytesOf,
    inference,
    maxPixels: settings.maxPixels,
    signal,
  })
  const right = rows.filter((row, i) => {
    if (!row) return false
    const answer = row.indexOf(row.reduce((a, b) => Math.max(a, b)))
    return version.classes[answer] === entries[i]!.label
  }).length
  return ` ${correctionsText(right, entries.length)}`
}

export function correctionsText(right: number, corrections: number): string {
  if (corrections === 1)
    return right === 1
      ? 'The new version now predicts your corrected image correctly.'
      : 'The new version still predicts your corrected image incorrectly.'
  if (right === 2 && corrections === 2)
    return 'The new version predicts both of your corrected images correctly.'
  const share = right === corrections ? 'all' : String(right)
  return `The new version predicts ${share} of your ${corrections} corrected images correctly.`
}
