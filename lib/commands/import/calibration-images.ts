/** The images of `npm run import -- … --calibrate PATH`: from a folder or a ZIP archive, spread over all of it, as the
 *  version reads them. An image in a folder with the name of a class has that label. It judges nothing. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readZip } from '#lib/archive/read-zip.ts'
import { FEWEST_COMPARED } from '#lib/domain/int8.ts'
import { decode } from '#lib/images/decode.ts'
import { spread } from '#lib/ml/quantise/calibrate.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import type { ModelImport } from '#lib/training/import/import-model.ts'
import { NO_LABEL } from '#lib/training/run/seal/measure-int8.ts'
import { wrong } from '../terminal/wrong-argument.ts'

/** With as many labelled images and no answer changed, a loss of 0.2 points can be excluded. */
const MOST = 2_000
const MAX_PIXELS = 50e6
const LIMITS = { entryBytes: 20 * 1024 ** 2, totalBytes: 4 * 1024 ** 3 }
const IMAGE_NAME = /\.(?:png|jpe?g|webp|gif|tiff?|avif|hei[cf]|bmp)$/i

type ImageFile = { readonly path: string; readonly bytes: Uint8Array }

export const calibrationImages =
  (source: string): NonNullable<ModelImport['calibration']> =>
  async (spec, classes) => {
    const [r, g, b] = spec.background
    const squares: Uint8Array[] = []
    const hashes: string[] = []
    const labels: number[] = []
    for await (const { path, bytes } of imageFiles(source)) {
      const image = await decode(bytes, { maxPixels: MAX_PIXELS, background: { r, g, b } }).catch(() => null)
      if (!image) continue // a file that only has the name of an image
      squares.push(preprocess(image, spec))
      hashes.push(createHash('sha256').update(bytes).digest('hex'))
      labels.push(labelOf(path, classes))
    }
    if (squares.length < FEWEST_COMPARED)
      throw wrong(
        'Nothing was imported',
        `${source} contains ${squares.length} readable images, and ${FEWEST_COMPARED} are needed`,
        'Add more images, or omit --calibrate: the version then serves with float32.',
      )
    return {
      count: squares.length,
      hashes,
      labels: Int32Array.from(labels),
      targets: null,
      read: (index, out, offset) => out.set(squares[index]!, offset),
    }
  }

/** By the nearest folder with the name of a class. */
function labelOf(path: string, classes: readonly string[]): number {
  const folders = path.split(/[\\/]/).slice(0, -1).reverse()
  const name = folders.find((folder) => classes.includes(folder))
  return name === undefined ? NO_LABEL : classes.indexOf(name)
}

async function* imageFiles(source: string): AsyncGenerator<ImageFile> {
  const about = await stat(source).catch(() => null)
  if (!about)
    throw wrong('Nothing was imported', `${source} does not exist`, 'Specify images with --calibrate.')
  if (!about.isDirectory()) return yield* imagesInZip(source)
  const chosen = chosenOf(await readdir(source, { recursive: true }))
  for (const path of chosen) yield { path, bytes: await readFile(join(source, path)) }
}

async function* imagesInZip(source: string): AsyncGenerator<ImageFile> {
  const paths: string[] = []
  const listing = { ...LIMITS, wants: (path: string) => paths.push(path) === 0 } // unpacks none
  for await (const entry of readZip(source, listing)) if (entry.kind === 'file') break
  const chosen = chosenOf(paths)
  for await (const entry of readZip(source, { ...LIMITS, wants: (path) => chosen.has(path) }))
    if (entry.kind === 'file') yield entry
}

function chosenOf(paths: readonly string[]): ReadonlySet<string> {
  const images = paths.filter((path) => IMAGE_NAME.test(path)).sort()
  return new Set(spread(images.length, MOST).map((i) => images[i]!))
}
