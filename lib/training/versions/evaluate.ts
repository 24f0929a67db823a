/** A version measured on the classifier's test images, on the engine that serves: what
 *  `/api/model/evaluate` and `npm run evaluate` answer. */
import type { Output } from '#lib/contracts/contract.ts'
import type { evaluateModel } from '#lib/contracts/models.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { evaluation } from '#lib/ml/evaluate/evaluate.ts'
import { predictSamples, type PredictionPorts } from './predict-samples.ts'
import { measureReliability } from '../run/seal/measure-reliability.ts'

export type EvaluationAnswer = Output<typeof evaluateModel>

/** What of a version is needed to measure it. */
export type Measurable = Pick<VersionWithCard, 'id' | 'classifierId' | 'name' | 'folder' | 'classes' | 'card'>

export async function evaluateVersion(
  version: Measurable,
  test: readonly SnapshotEntry[],
  ports: PredictionPorts & { readonly clock: () => number },
): Promise<EvaluationAnswer> {
  const began = ports.clock()
  const entries = test.filter(({ label }) => version.classes.includes(label))
  if (entries.length === 0) throw nothingToMeasure(version)
  const { rows, distances, engine } = await predictSamples(version, entries, ports)
  const answered = entries.flatMap(({ label, hash }, i) =>
    rows[i] ? [{ label, hash, row: rows[i], distance: distances[i] ?? null }] : [],
  )
  if (answered.length === 0 || engine === null) throw nothingToMeasure(version)
  const classes = version.classes.length
  const values = new Float32Array(answered.length * classes)
  answered.forEach(({ row }, i) => values.set(row, i * classes))
  const labels = Int32Array.from(answered, ({ label }) => version.classes.indexOf(label))
  const logits = { values, count: answered.length, classes }
  const found = evaluation(logits, labels, {
    classes: version.classes,
    temperature: version.card.calibration?.temperature ?? 1,
  })
  return {
    classifier: version.classifierId,
    version: version.name,
    engine,
    images: found.images,
    accuracy: found.accuracy,
    loss: found.loss,
    per_class: [...found.perClass],
    confusion: found.confusion.map((row) => [...row]),
    macro: found.macro,
    weighted: found.weighted,
    ece: found.ece,
    promises: measureReliability(
      {
        logits,
        labels,
        hashes: answered.map(({ hash }) => hash),
        distances: answered.map(({ distance }) => distance),
      },
      version.card,
    ),
    seconds: ports.clock() - began,
  }
}

const nothingToMeasure = (version: Measurable): DarkroomError =>
  new DarkroomError('nothing_to_learn', {
    what: `${version.name} of "${version.classifierId}" was not measured`,
    why: 'none of its test images is on this machine',
    remedy:
      `Get them with npm run dataset -- ${version.classifierId}, or upload labelled images: a fifth ` +
      'of them become test images.',
  })
