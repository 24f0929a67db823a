/** The images that an imported network is compared with 8-bit numbers on: from a folder or a ZIP archive, spread over
 *  all of it, as the version reads them. An image in a folder with the name of a class has that label. It judges
 *  nothing. */
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readZip } from '#lib/archive/read-zip.ts'
import { FEWEST_COMPARED } from '#lib/domain/evaluation/int8.ts'
import { decode } from '#lib/images/decode.ts'
import { spread } from '#lib/ml/quantise/calibrate.ts'
import { preprocess, squareBytes } from '#lib/ml/preprocess/preprocess.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { NO_LABEL } from '../run/seal/measure-int8.ts'
import type { CalibrationImages } from './import-model.ts'

/** With as many labelled images and no answer changed, a loss of 0.2 points can be excluded. */
const MOST = 2_000
/** Of the squares, which are in memory together: 1,337 images of 224 pixels. */
const MOST_BYTES = 192 * 1024 ** 2
const MAX_PIXELS = 50e6
const LIMITS = { entryBytes: 20 * 1024 ** 2, totalBytes: 4 * 1024 ** 3 }
const IMAGE_NAME = /\.(?:png|jpe?g|webp|gif|tiff?|avif|hei[cf]|bmp)$/i

type ImageFile = { readonly path: string; readonly bytes: Uint8Array }

export const calibrationImages =
  (source: string): CalibrationImages =>
  async (spec, classes) => {
    const most = Math.min(MOST, Math.floor(MOST_BYTES / squareBytes(spec)))
    const [r, g, b] = spec.background
    const squares: Uint8Array[] = []
    const hashes: string[] = []
    const labels: number[] = []
    for await (const { path, bytes } of imageFiles(source, most)) {
      const image = await decode(bytes, { maxPixels: MAX_PIXELS, background: { r, g, b } }).catch(() => null)
      if (!image) continue // a file that only has the name of an image
      squares.push(preprocess(image, spec))
      hashes.push(createHash('sha256').update(bytes).digest('hex'))
      labels.push(labelOf(path, classes))
    }
    if (squares.length < FEWEST_COMPARED)
      throw refusal(
        `8-bit numbers need at least ${FEWEST_COMPARED} images, and ${squares.length} can be read`,
        'Add more images, or omit them: the version then serves with float32.',
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

async function* imageFiles(source: string, most: number): AsyncGenerator<ImageFile> {
  const about = await stat(source).catch(() => null)
  if (!about) throw refusal(`${source} does not exist`, 'Specify images with --calibrate.')
  if (!about.isDirectory()) return yield* imagesInZip(source, most)
  const chosen = chosenOf(await readdir(source, { recursive: true }), most)
  for (const path of chosen) yield { path, bytes: await readFile(join(source, path)) }
}

async function* imagesInZip(source: string, most: number): AsyncGenerator<ImageFile> {
  const paths: string[] = []
  const listing = { ...LIMITS, wants: (path: string) => paths.push(path) === 0 } // unpacks none
  for await (const entry of readZip(source, listing)) if (entry.kind === 'file') break
  const chosen = chosenOf(paths, most)
  for await (const entry of readZip(source, { ...LIMITS, wants: (path) => chosen.has(path) }))
    if (entry.kind === 'file') yield entry
}

function chosenOf(paths: readonly string[], most: number): ReadonlySet<string> {
  const images = paths.filter((path) => IMAGE_NAME.test(path)).sort()
  return new Set(spread(images.length, most).map((i) => images[i]!))
}

const refusal = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', { what: 'Nothing was imported', why, remedy })
