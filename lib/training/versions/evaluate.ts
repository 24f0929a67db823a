/** Measures a version on the classifier's test images, on the engine that serves: the result of
 *  `/api/model/evaluate` and `npm run evaluate`. */
import type { Output } from '#lib/contracts/contract.ts'
import type { evaluateModel } from '#lib/contracts/models.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { VersionWithCard } from '#lib/data/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { evaluation } from '#lib/ml/evaluate/evaluate.ts'
import { predictSamples, type PredictionPorts } from './predict-samples.ts'
import { measureReliability } from '../run/seal/measure-reliability.ts'

export type EvaluationAnswer = Output<typeof evaluateModel>

/** The fields of a version that measuring needs. */
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
  const predictions = entries.flatMap(({ label, hash }, i) =>
    rows[i] ? [{ label, hash, row: rows[i], distance: distances[i] ?? null }] : [],
  )
  if (predictions.length === 0 || engine === null) throw nothingToMeasure(version)
  const classes = version.classes.length
  const values = new Float32Array(predictions.length * classes)
  predictions.forEach(({ row }, i) => values.set(row, i * classes))
  const labels = Int32Array.from(predictions, ({ label }) => version.classes.indexOf(label))
  const logits = { values, count: predictions.length, classes }
  const result = evaluation(logits, labels, {
    classes: version.classes,
    temperature: version.card.calibration?.temperature ?? 1,
  })
  return {
    classifier: version.classifierId,
    version: version.name,
    engine,
    images: result.images,
    accuracy: result.accuracy,
    loss: result.loss,
    per_class: [...result.perClass],
    confusion: result.confusion.map((row) => [...row]),
    macro: result.macro,
    weighted: result.weighted,
    ece: result.ece,
    promises: measureReliability(
      {
        logits,
        labels,
        hashes: predictions.map(({ hash }) => hash),
        distances: predictions.map(({ distance }) => distance),
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
