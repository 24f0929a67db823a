/** What a new version predicts for the images that people corrected since the version before it. It judges nothing:
 *  the new version was trained on most of them. */
import type { Run } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/version-values.ts'
import { parseDraft } from '../run/plan.ts'
import { predictSamples } from '../versions/predict-samples.ts'
import type { TrainingParts } from './ports.ts'

/** More are a data set, and predicting them all would take a while. */
const MOST_PREDICTED = 200

/** Empty where nobody corrected anything. */
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
    bytesOf: data.pictures.bytesOf,
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
  if (corrections === 1) return `Your correction: it is ${right === 1 ? 'now' : 'not yet'} right.`
  if (right === 0) return `Your ${corrections} corrections: none is right yet.`
  if (right < corrections) return `Your ${corrections} corrections: ${right} are now right.`
  return `Your ${corrections} corrections: ${corrections === 2 ? 'both' : 'all'} are now right.`
}
