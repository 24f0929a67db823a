/**
 * `npm run evaluate -- <classifier> --write`: a bundle that is about to ship gets a card with all current
 * measurements.
 */
import { existsSync, readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { readZip } from '#lib/archive/read-zip.ts'
import { shippedClassifier, type Card } from '#lib/contracts/bundle.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { Start } from '#lib/processes/settings.ts'
import { addInt8 } from '#lib/training/versions/add-int8.ts'
import { remeasure, type RemeasureRequest } from '#lib/training/versions/remeasure.ts'
import { datasetSamples } from '#lib/training/run/data/sources.ts'
import { shippedTraining } from '#lib/training/shipped/shipped.ts'
import { countOpening } from '#lib/training/versions/test-set-access.ts'

export type ResealArguments = {
  readonly name: string
  readonly from: string | undefined
  /** ZIPs of images that belong to none of its classes, or folders of such ZIPs. */
  readonly foreign: readonly string[]
  readonly bundle: string | undefined
  readonly engine: EngineName | 'auto'
  /** Only what int8 needs; all other measurements stay. */
  readonly isInt8Only: boolean
}

export async function resealed(args: ResealArguments, start: Start, signal: AbortSignal): Promise<Card> {
  const { request, counters } = await remeasureRequest(args, start, signal)
  await using engine = await openEngine(args.engine, 'inference')
  const ports = { engine, signal, report: (sentence: string) => console.log(sentence) }
  return args.isInt8Only
    ? addInt8(request, ports)
    : remeasure(request, { ...ports, openTest: (hashes) => countOpening(counters, hashes) })
}

export async function remeasureRequest(
  { name, from, foreign, bundle }: Omit<ResealArguments, 'engine' | 'isInt8Only'>,
  { settings, places }: Start,
  signal: AbortSignal,
): Promise<{ readonly request: RemeasureRequest; readonly counters: string }> {
  const folder =
    bundle === undefined ? join(places.modelsDir, name, latestOf(places.modelsDir, name)) : resolve(bundle)
  const { card } = await readBundle(folder)
  const counters = join(places.dataDir, 'test-openings.json')
  const dataset = {
    kind: 'dataset',
    name: card.data.name,
    from: from === undefined ? null : resolve(from),
    downloads: join(places.dataDir, 'downloads'),
    mirror: settings.DATASET_MIRROR ?? null,
    counters,
  } as const
  return {
    counters,
    request: {
      folder,
      isMirrorable: shippedTraining(card.classifier)?.isMirrorable ?? true,
      samples: () => datasetSamples(dataset, openDataset, signal),
      packs: join(places.dataDir, 'cache', 'packs'),
      maxPixels: settings.MAX_PIXELS,
      foreign: (await Promise.all(foreign.map(foreignIn))).flat(),
    },
  }
}

function latestOf(modelsDir: string, name: string): string {
  const file = join(modelsDir, name, 'classifier.json')
  if (!existsSync(file))
    throw new DarkroomError('not_found', {
      what: `There is no shipped version of "${name}"`,
      why: `${file} does not exist`,
      remedy: 'Specify the folder of a bundle with --bundle.',
    })
  return shippedClassifier.parse(JSON.parse(readFileSync(file, 'utf8'))).champion
}

const LIMITS = { entryBytes: 20 * 1024 ** 2, totalBytes: 2 * 1024 ** 3 }

async function foreignIn(path: string): Promise<RemeasureRequest['foreign']> {
  const isFolder = (await stat(path)).isDirectory()
  const files = isFolder
    ? (await readdir(path))
        .filter((file) => extname(file) === '.zip')
        .sort()
        .map((file) => join(path, file))
    : [path]
  return files.map((file) => ({ name: basename(file, '.zip'), images: () => imagesIn(file) }))
}

async function* imagesIn(file: string): AsyncGenerator<Uint8Array> {
  for await (const entry of readZip(file, LIMITS)) if (entry.kind === 'file') yield entry.bytes
}
