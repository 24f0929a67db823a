/** Measures a saved version again, on the images of its data set: its card gets today's measurements, its weights
 *  stay as they are. For bundles that are about to ship; a version in use is never changed. */
import type { Card } from '#lib/contracts/bundle.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { decode } from '#lib/images/decode.ts'
import { goldenFailure, readBundle, writeBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { splitValidation } from '../run/data/validation-split.ts'
import { measure, type EvaluationSets } from '../run/seal/measure.ts'
import { measureInt8 } from '../run/seal/measure-int8.ts'
import { ensurePack, openPack, packName, type Pack, type PackSource } from '../run/data/pack.ts'
import type { RunPorts } from '../run/ports.ts'
import { goldenLogits } from '../run/seal/golden.ts'

export type RemeasureRequest = {
  readonly folder: string
  readonly isMirrorable: boolean
  /** All images of its data set. */
  readonly samples: () => AsyncIterable<PackSource>
  /** The folder of the packs. */
  readonly packs: string
  readonly maxPixels: number
  /** Encoded images that belong to none of its classes, by the name of their set. */
  readonly foreign: readonly { readonly name: string; readonly images: () => AsyncIterable<Uint8Array> }[]
}

export type RemeasurePorts = Pick<RunPorts, 'engine' | 'openTest' | 'signal'> & {
  readonly report: (sentence: string) => void
}

const KEY = 'sealed'

export async function remeasure(
  request: RemeasureRequest,
  { engine, openTest, signal, report }: RemeasurePorts,
): Promise<Card> {
  const bundle = await readBundle(request.folder)
  const { card, classes, preprocess: spec } = bundle
  using pack = await packOf(request, bundle, { report, signal })
  const sets = {
    training: pack.set('train', classes),
    test: pack.set('test', classes),
    ...splitValidation(pack.set('validation', classes), classes.length),
  }
  await engine.load(KEY, bundle)
  try {
    const failure = goldenFailure(bundle.golden, await goldenLogits(engine, KEY, spec))
    if (failure !== null) throw refusal(card, failure, `Measure it on an engine other than ${engine.name}.`)
    const foreign = await foreignSets(request, bundle)
    const testOpened =
      // it may have been saved on another machine
      sets.test.count === 0 ? 0 : Math.max(await openTest(sets.test.hashes), card.data.test_opened + 1)
    report(
      `Measuring ${card.classifier} ${card.version} on ${sets.test.count.toLocaleString('en')} test ` +
        'images.',
    )
    const measuredSets = {
      ...sets,
      classes,
      isMirrorable: request.isMirrorable,
      foreign,
      hasTestThresholds: true,
    }
    const model = { engine, key: KEY, spec, classes: classes.length, onProgress: () => undefined, signal }
    const { reference, notes, answered, ...measured } = await measure(measuredSets, model)
    report('Measuring it with 8-bit numbers.')
    const int8 = await measureInt8(
      {
        ...bundle,
        spec,
        images: sets.training,
        inherited: null,
        float32: { answered },
        measureAs: (loaded) => measure({ ...measuredSets, pinned: { reference } }, { ...model, ...loaded }),
        signal,
      },
      engine,
    )
    const otherNotes = card.notes.filter((note) => !MEASURED_NOTES.some((prefix) => note.startsWith(prefix)))
    const written: Card = {
      ...card,
      ...measured,
      int8: int8.card,
      data: { ...card.data, test_opened: testOpened },
      notes: [...otherNotes, ...notes],
    }
    await writeBundle(request.folder, { ...bundle, card: written, reference, int8: int8.file })
    return written
  } finally {
    await engine.unload(KEY)
  }
}

/** How the notes start that measuring writes. */
const MEASURED_NOTES = ['Confidence is not calibrated', 'For the same reason']

export async function packOf(
  { packs, samples, maxPixels }: RemeasureRequest,
  { card, preprocess: spec }: Bundle,
  { report, signal }: Pick<RemeasurePorts, 'report' | 'signal'>,
): Promise<Pack> {
  const expected = packName(card.data.snapshot, spec)
  const name = await ensurePack(packs, expected, () => {
    report('Decoding the images once.')
    return { spec, samples: samples(), maxPixels, onProgress: () => {}, signal }
  })
  if (name !== expected)
    throw refusal(
      card,
      'these are not the images that it was trained on, so its training and test sets cannot be ' +
        'determined',
      'Use the data set that its card names.',
    )
  return openPack(packs, name)
}

async function foreignSets(
  { foreign, maxPixels }: RemeasureRequest,
  { preprocess: spec }: Bundle,
): Promise<EvaluationSets['foreign']> {
  if (foreign.length === 0) return null
  const [r, g, b] = spec.background
  const sets = []
  for (const { name, images } of foreign) {
    const squares: Uint8Array[] = []
    for await (const bytes of images())
      squares.push(preprocess(await decode(bytes, { maxPixels, background: { r, g, b } }), spec))
    sets.push({
      name,
      squares: {
        count: squares.length,
        read: (index: number, out: Uint8Array, offset: number) => out.set(squares[index]!, offset),
      },
    })
  }
  return sets
}

const refusal = (card: Card, why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', {
    what: `${card.classifier} ${card.version} was not measured again`,
    why,
    remedy,
  })
