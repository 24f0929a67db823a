/** Reads a foreign network and seals it as the bundle of a version. It runs in a process of its own or in a command,
 *  and knows no rows: which classifier and which number is decided by the caller. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { ImportProgress } from '#lib/contracts/imports.ts'
import type { Classifier, Fit } from '#lib/domain/classifier.ts'
import { cannotImport } from '#lib/ml/formats/keras-config.ts'
import { isWithoutHead } from '#lib/ml/formats/keras-model.ts'
import type { TrainingEngine } from '../run/ports.ts'
import { calibrationImages } from './calibration-images.ts'
import { saveImported, type PixelRange } from './import-model.ts'
import { classesOf } from './imported-classes.ts'
import { readNetwork, type NetworkSource } from './read-network.ts'

/** As in the `preprocess.json` of a bundle. */
const SMALLEST = 8
const LARGEST = 512

export type NetworkSealing = {
  readonly source: NetworkSource
  /** A folder or ZIP archive of images; null: predictions use float32. */
  readonly calibration: string | null
  /** As the person stated them. */
  readonly classes: readonly string[] | null
  readonly pixels: PixelRange | null
  readonly fit: Fit | null
  readonly classifier: { readonly id: string; readonly title: string }
  /** Of the classifier that gets another version; null: it is new. */
  readonly own: { readonly classes: readonly string[]; readonly fit: Fit } | null
  readonly version: string
  readonly out: string
  readonly command: string
  readonly codeVersion: string
  readonly machine: string
}

export type SealedNetwork = {
  readonly classes: readonly string[]
  readonly input: Classifier['input']
  readonly sha256: string
  readonly int8: Card['int8'] | null
}

export type SealingPorts = {
  readonly engine: TrainingEngine
  readonly now: () => Date
  /** Loads the bundle as the server will; throws `bad_bundle`. */
  readonly prove: (folder: string) => Promise<void>
  readonly onProgress: (progress: ImportProgress) => void
}

/** @throws DarkroomError `invalid_input`, `bad_archive`, `bad_bundle`, `too_large` */
export async function sealNetwork(sealing: NetworkSealing, ports: SealingPorts): Promise<SealedNetwork> {
  const { source, own, out } = sealing
  ports.onProgress({ message: 'Reading the network', percent: 5 })
  const { model, file, labels, fit: usualFit } = await readNetwork(source)
  if (isWithoutHead(model))
    throw cannotImport(
      `${file.name} ends in features and predicts no classes (include_top=False), so it is no classifier`,
    )
  const { size, channels } = model.network.input
  if (size < SMALLEST || size > LARGEST)
    throw cannotImport(
      `its images have ${size} × ${size} pixels, and Darkroom takes ${SMALLEST} to ${LARGEST}`,
    )
  const classes = classesOf({
    file: file.name,
    outputs: model.network.classes,
    stated: sealing.classes,
    labels,
    own: own?.classes ?? null,
  })
  const fit = sealing.fit ?? usualFit ?? own?.fit ?? 'stretch'
  const images = sealing.calibration === null ? null : calibrationImages(sealing.calibration)
  ports.onProgress({ message: 'Computing reference predictions', percent: 30 })
  const card = await saveImported(
    {
      ...sealing,
      model,
      classes,
      fit,
      file,
      calibration:
        images &&
        (async (spec, names) => {
          ports.onProgress({ message: 'Reading the images for 8-bit numbers', percent: 40 })
          const set = await images(spec, names)
          ports.onProgress({ message: `Predicting ${set.count} images with 8-bit numbers`, percent: 70 })
          return set
        }),
    },
    ports,
  )
  ports.onProgress({ message: 'Checking that the version loads', percent: 90 })
  await ports.prove(out)
  return {
    classes,
    input: { size, channels: channels === 1 ? 1 : 3, fit },
    sha256: file.sha256,
    int8: card.int8 ?? null,
  }
}
