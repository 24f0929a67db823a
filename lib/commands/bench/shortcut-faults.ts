/** Shortcuts that the report finds: a coloured border, the quality of JPEG files or the brightness is made to depend on
 *  the class of real images, and the same sets are judged as they are. */
import path from 'node:path'
import { shortcut } from '#lib/domain/findings/shortcut.ts'
import type { SetFigures } from '#lib/domain/findings/finding.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { decode } from '#lib/images/decode.ts'
import { jpegOf } from '#lib/images/jpeg.ts'
import { resizeForDisplay } from '#lib/images/thumbnail.ts'
import { storedFigures } from '#lib/ingest/upload-report.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { createRandom } from '#lib/ml/random.ts'
import { PHOTOGRAPHS } from './photographs.ts'

const SMALL_PIXELS = 64 // as an upload
const MAX_PIXELS = 1e8
const SEED = 1
/** Of the shorter side. */
const BORDER = 0.04
/** Of an image as it is. */
const QUALITY = 85
/** A classifier that assigns this share correctly: a perfect one is the hardest to do nearly as well as, and one that
 *  is little better than chance the easiest. */
const ACCURACIES = { planted: [1], clean: [1, 0.8, 0.6] } as const

type Plant = (image: RgbImage, label: number, classes: number) => { image: RgbImage; quality: number }

const share = (label: number, classes: number): number => label / Math.max(1, classes - 1)

const PLANTS: Readonly<Record<string, Plant>> = {
  'tinted border': (image, label, classes) => ({
    image: bordered(image, tint(label / classes)),
    quality: QUALITY,
  }),
  'JPEG quality': (image, label, classes) => ({
    image,
    quality: Math.round(95 - 65 * share(label, classes)),
  }),
  brightness: (image, label, classes) => ({
    image: brightened(image, 0.35 + 0.65 * share(label, classes)),
    quality: QUALITY,
  }),
}

type ShortcutOptions = {
  readonly from: readonly string[]
  readonly images: number
  readonly onStep: (text: string) => void
  readonly onLine: (line: string) => void
}

/** A table of the sets, and how many shortcuts were found. */
export async function shortcutFaults({ from, images, onStep, onLine }: ShortcutOptions): Promise<void> {
  onLine(`\n| set | ${Object.keys(PLANTS).join(' | ')} | as it is |\n|---|---|---|---|---|`)
  let [found, planted, alarms] = [0, 0, 0]
  for (const one of from) {
    const name = path.basename(one)
    const originals = await originalsOf(one, images)
    const cells: string[] = []
    for (const [kind, plant] of Object.entries(PLANTS)) {
      onStep(`${name}: ${kind}`)
      const isFound = shortcutsIn(await setOf(originals, plant), ACCURACIES.planted).length > 0
      planted += 1
      found += Number(isFound)
      cells.push(isFound ? 'found' : 'missed')
    }
    onStep(`${name}: as it is`)
    const clean = await setOf(originals, (image) => ({ image, quality: QUALITY }))
    const raised = shortcutsIn(clean, ACCURACIES.clean)
    alarms += Number(raised.length > 0)
    onLine(`| ${name} | ${cells.join(' | ')} | ${raised.join('; ') || 'none'} |`)
  }
  onLine(`\n${found} of ${planted} found; false alarms on ${alarms} of ${from.length} sets as they are`)
}

type Original = { readonly image: RgbImage; readonly label: string }

async function originalsOf(from: string, most: number): Promise<readonly Original[]> {
  const { images } = await openDataset('shortcuts', { from })
  const random = createRandom(SEED)
  const all: { readonly label: string; readonly bytes: Uint8Array; readonly at: number }[] = []
  for await (const { label, bytes } of images) all.push({ label, bytes, at: random() })
  const originals: Original[] = []
  for (const { label, bytes } of all.sort((a, b) => a.at - b.at).slice(0, most))
    originals.push({ label, image: await decode(bytes, { maxPixels: MAX_PIXELS }) })
  return originals
}

async function setOf(originals: readonly Original[], plant: Plant): Promise<SetFigures> {
  const classes = [...new Set(originals.map(({ label }) => label))].toSorted()
  const samples = await Promise.all(
    originals.map(async ({ image, label }, i) => {
      const planted = plant(image, classes.indexOf(label), classes.length)
      const bytes = await jpegOf(planted.image, planted.quality)
      const decoded = await decode(bytes, { maxPixels: MAX_PIXELS })
      const { width, height } = decoded
      const small = await resizeForDisplay(decoded, SMALL_PIXELS)
      const own = { label, split: 'train' as const, groupId: null, width, height }
      return { id: `${i}`, ...own, ...storedFigures(small, { bytes, width, height }) }
    }),
  )
  return {
    classes,
    samples,
    ...PHOTOGRAPHS,
  }
}

/** What it says, next to classifiers of these accuracies; only the accuracy of a classifier matters. */
function shortcutsIn(set: SetFigures, accuracies: readonly number[]): readonly string[] {
  return accuracies.flatMap((accuracy) => {
    const random = createRandom(SEED)
    const probabilities = set.samples.map(({ label }) => {
      const right = set.classes.indexOf(label ?? '')
      const predicted = random() < accuracy ? right : (right + 1) % set.classes.length
      return set.classes.map((_, k) => Number(k === predicted))
    })
    const found = shortcut.find({ ...set, probabilities }) ?? []
    return found.map(({ detail }) => `next to ${Math.round(accuracy * 100)} %: ${detail}`)
  })
}

function bordered(image: RgbImage, colour: readonly number[]): RgbImage {
  const { width, height } = image
  const strip = Math.max(2, Math.round(BORDER * Math.min(width, height)))
  const isBorder = (x: number, y: number): boolean =>
    x < strip || y < strip || x >= width - strip || y >= height - strip
  const data = Uint8Array.from(image.data, (value, i) => {
    const pixel = Math.floor(i / 3)
    return isBorder(pixel % width, Math.floor(pixel / width)) ? (value + colour[i % 3]!) / 2 : value
  })
  return { width, height, data }
}

/** A colour of full saturation, from red (0) through green and blue. */
function tint(hue: number): readonly number[] {
  const part = (offset: number): number =>
    255 * Math.max(0, Math.min(1, Math.abs(((hue + offset) % 1) * 6 - 3) - 1))
  return [part(0), part(2 / 3), part(1 / 3)]
}

const brightened = (image: RgbImage, factor: number): RgbImage => ({
  ...image,
  data: Uint8Array.from(image.data, (value) => Math.round(value * factor)),
})
