/** Makes a version from a network that was trained elsewhere: the same bundle as any other, with an empty card,
 *  because nothing was measured here. It parses no foreign formats; `lib/ml/formats/keras-h5.ts` and
 *  `foreign-tfjs.ts` do. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import type { PIXEL_RANGE_NAMES } from '#lib/contracts/imports.ts'
import type { Fit } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { KerasModel } from '#lib/ml/formats/keras-model.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { measureInt8, withoutInt8, type Int8Result } from '../run/seal/measure-int8.ts'
import { computeOutputs, type MeasuredModel } from '../run/seal/outputs.ts'
import { unmeasuredCard, writeUnmeasured } from '../run/seal/unmeasured-card.ts'

export type PixelRange = (typeof PIXEL_RANGE_NAMES)[number]

/** What a network expects its pixels to be when it has no Rescaling layer of its own. */
export const PIXEL_RANGES: Readonly<Record<PixelRange, { readonly scale: number; readonly offset: number }>> =
  {
    '0..1': { scale: 1 / 255, offset: 0 },
    '-1..1': { scale: 1 / 127.5, offset: -1 },
    '0..255': { scale: 1, offset: 0 },
  }

export type ModelImport = {
  readonly model: KerasModel
  /** In the order of its outputs. */
  readonly classes: readonly string[]
  readonly classifier: { readonly id: string; readonly title: string }
  readonly version: string
  readonly out: string
  /** Null: as the model states, else from 0 to 1. */
  readonly pixels: PixelRange | null
  readonly fit: Fit
  readonly file: { readonly name: string; readonly sha256: string }
  /** Images like those that it will predict, whose labels may be `NO_LABEL`; null: none were given. */
  readonly calibration: CalibrationImages | null
  readonly command: string
  readonly codeVersion: string
  readonly machine: string
}

/** The images, as the version reads them. */
export type CalibrationImages = (spec: Preprocess, classes: readonly string[]) => Promise<SampleSet>

const KEY = 'imported'

export async function saveImported(
  importing: ModelImport,
  { engine, now }: { readonly engine: TrainingEngine; readonly now: () => Date },
): Promise<Card> {
  const { model, classes, file } = importing
  const { network } = model
  if (classes.length !== network.classes) {
    throw new DarkroomError('invalid_input', {
      what: `${file.name} was not imported`,
      why: `it has ${network.classes} outputs, and ${classes.length} classes were given`,
      remedy:
        "Specify the classes in the order of the outputs (Keras' flow_from_directory sorts them by name).",
    })
  }
  const preprocess = preprocessOf(importing)
  return writeUnmeasured(
    importing.out,
    {
      network,
      weights: model.weights,
      preprocess,
      classes,
      int8: (stored) => int8Of(importing, { ...stored, spec: preprocess }, engine),
      card: (stored) =>
        unmeasuredCard(
          {
            classifier: importing.classifier.id,
            title: importing.classifier.title,
            version: importing.version,
            settings: { file: file.name, sha256: file.sha256 },
            trainedOn: 'unknown',
            engine: engine.name,
            notes: notesOf(importing),
          },
          { ...importing, now: now() },
          stored,
        ),
    },
    engine,
  )
}

async function int8Of(
  { calibration, classes }: ModelImport,
  { network, weights, spec }: { network: Network; weights: Weights; spec: Preprocess },
  engine: TrainingEngine,
): Promise<Int8Result> {
  if (!calibration) return withoutInt8('no images were given to measure it on (option --calibrate)')
  const images = await calibration(spec, classes)
  const answeredBy = async (loaded: Pick<MeasuredModel, 'key' | 'engine'>) => {
    const model = {
      ...loaded,
      spec,
      classes: classes.length,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    }
    const { logits } = await computeOutputs(images, model)
    return { answered: [{ logits, labels: images.labels }] }
  }
  await engine.load(KEY, { network, weights })
  const float32 = await answeredBy({ key: KEY, engine }).finally(() => engine.unload(KEY))
  return measureInt8(
    {
      ...{ network, weights, spec, images, float32, inherited: null },
      measureAs: async (loaded) => ({
        ...(await answeredBy(loaded)),
        ...{ test: null, calibration: null, decision: null },
      }),
    },
    engine,
  )
}

/** value = byte × scale + offset is (byte / 255 − mean) / std. */
function preprocessOf({ model, pixels, fit }: ModelImport): Preprocess {
  const { scale, offset } = model.rescaling ?? PIXEL_RANGES[pixels ?? '0..1']
  const { size } = model.network.input
  const channels = model.network.input.channels === 1 ? 1 : 3 // keras-model.ts refuses others
  const each = (value: number): number[] => new Array<number>(channels).fill(value)
  return {
    size,
    channels,
    fit,
    background: channels === 1 ? [0, 0, 0] : [255, 255, 255],
    resize: 'lanczos3',
    ...(fit === 'digit' && { ink: 'local' as const }),
    mean: each(-offset / (255 * scale)),
    std: each(1 / (255 * scale)),
  }
}

function notesOf({ model, pixels, file }: ModelImport): string[] {
  return [
    `It was not trained here: it was imported from ${file.name} (sha256 ${file.sha256}). Its ` +
      'training data is unknown, and nothing was measured.',
    ...(model.rescaling || pixels
      ? []
      : ['The file does not define its input range; values from 0 to 1 are used, as in most models.']),
    'Its confidence is not calibrated until it is evaluated on labelled images.',
  ]
}
