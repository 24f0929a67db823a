/** Makes a version from a network that was trained elsewhere: the same bundle as any other, with an empty card,
 *  because nothing was measured here. It parses no foreign formats; `lib/ml/formats/keras-h5.ts` and
 *  `foreign-tfjs.ts` do. */
import type { Card, Preprocess } from '#lib/contracts/bundle.ts'
import type { Fit } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { KerasModel } from '#lib/ml/formats/keras-model.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { unmeasuredCard, writeUnmeasured } from '../run/seal/unmeasured-card.ts'

/** What a network expects its pixels to be when it has no Rescaling layer of its own. */
export const PIXEL_RANGES = {
  '0..1': { scale: 1 / 255, offset: 0 },
  '-1..1': { scale: 1 / 127.5, offset: -1 },
  '0..255': { scale: 1, offset: 0 },
} as const
export type PixelRange = keyof typeof PIXEL_RANGES

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
  readonly command: string
  readonly codeVersion: string
  readonly machine: string
}

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
  return writeUnmeasured(
    importing.out,
    {
      network,
      weights: model.weights,
      preprocess: preprocessOf(importing),
      classes,
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
