/** Measures a saved version with float32 and with 8-bit numbers, side by side on the images of its data set, and can
 *  write what is needed to serve the latter into its bundle. For bundles that are about to ship; a version in use is
 *  never changed. */
import type { Card } from '#lib/contracts/bundle.ts'
import { readBundle, writeBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { splitValidation } from '../run/data/validation-split.ts'
import { measureInt8, type Int8Result } from '../run/seal/measure-int8.ts'
import { measure, type Measurement } from '../run/seal/measure.ts'
import { packOf, type RemeasurePorts, type RemeasureRequest } from './remeasure.ts'

export type PrecisionFigures = {
  readonly bundle: Bundle
  readonly float32: Pick<Measurement, 'test' | 'calibration' | 'decision'>
  readonly int8: Int8Result
}

const KEY = 'float32'

export async function measurePrecisions(
  request: RemeasureRequest,
  { engine, signal, report }: Omit<RemeasurePorts, 'openTest'>,
): Promise<PrecisionFigures> {
  const bundle = await readBundle(request.folder)
  const { card, classes, preprocess: spec, reference } = bundle
  using pack = await packOf(request, bundle, { report, signal })
  const sets = {
    classes,
    isMirrorable: request.isMirrorable,
    training: pack.set('train', classes),
    test: pack.set('test', classes),
    ...splitValidation(pack.set('validation', classes), classes.length),
    foreign: null,
    pinned: { reference },
    hasTestThresholds: card.thresholds_from === 'test_folds',
  }
  const model = { engine, key: KEY, spec, classes: classes.length, onProgress: () => undefined, signal }
  report(`Measuring ${card.classifier} ${card.version} with float32 and int8.`)
  await engine.load(KEY, bundle)
  try {
    const float32 = await measure(sets, model)
    const int8 = await measureInt8(
      {
        ...bundle,
        spec,
        images: sets.training,
        inherited: null,
        float32,
        measureAs: (loaded) => measure(sets, { ...model, ...loaded }),
        signal,
      },
      engine,
    )
    return { bundle, float32, int8 }
  } finally {
    await engine.unload(KEY)
  }
}

/** Writes `int8.json` and its part of the card; all other measurements stay. */
export async function addInt8(
  request: RemeasureRequest,
  ports: Omit<RemeasurePorts, 'openTest'>,
): Promise<Card> {
  const { bundle, int8 } = await measurePrecisions(request, ports)
  const card: Card = { ...bundle.card, int8: int8.card }
  await writeBundle(request.folder, { ...bundle, card, int8: int8.file })
  return card
}
