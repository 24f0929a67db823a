/** GET /api/data/features: reads up to 2,000 of a classifier's images and describes their properties as images, not
 *  their content. This takes seconds, so the result is cached until images are added or removed, and concurrent
 *  requests share one computation. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Input, Output } from '#lib/contracts/contract.ts'
import { dataFeatures } from '#lib/contracts/features.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Sample } from '#lib/data/values.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import type { SizedImage } from '#lib/images/decode.ts'
import { thumbnail } from '#lib/images/thumbnail.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'

type Features = Output<typeof dataFeatures>

/** Enough for a stable histogram of 20 bins (each bin within 2 points), few enough for seconds. */
const MOST_READ = 2_000
/** The minimum of each class, however rare it is. */
const LEAST_OF_A_CLASS = 10
/** A user is waiting: the result covers the images read so far, in a random order, so that they represent
 *  the rest. */
const LONGEST_MS = 20_000
/** Large images are reduced off the main thread before they are read, because predictions wait for that thread. */
const SIDE_READ = 256
const MEAN_SIDE = 64
const SHARE_BINS = 20
/** An image half black and half white has 0.5; no image has more. */
const MOST_CONTRAST = 0.5
const SIDES = [0, 32, 64, 128, 256, 512, 1024, 2048, 4096] as const
const ASPECTS = [0, 0.5, 0.75, 0.95, 1.05, 1.34, 2] as const

export type FeaturesPorts = {
  readonly data: {
    readonly classifiers: Pick<Data['classifiers'], 'chosen'>
    readonly samples: Pick<Data['samples'], 'all'>
    readonly images: Pick<Data['images'], 'bytesOf'>
    readonly queries: {
      readonly dataSummary: RouteAnswer<'GET /api/data/summary'>
      readonly listSamples: RouteAnswer<'GET /api/samples'>
    }
  }
  /** The folder of cached results. */
  readonly folder: string
  /** An image reduced to at most `side × side`; refused when it cannot be decoded. */
  readonly read: (bytes: Uint8Array, side: number) => Promise<SizedImage>
  readonly now: () => Date
}

export function createFeatures(
  ports: FeaturesPorts,
): (input: Input<typeof dataFeatures>) => Promise<Features> {
  const inProgress = new Map<string, Promise<Features>>()
  return async ({ classifier: expected }) => {
    const classifier = await ports.data.classifiers.chosen(expected)
    const name = await nameOf(classifier, ports)
    const running = inProgress.get(name)
    if (running) return running
    const computation = cached(path.join(ports.folder, `${name}.json`), () =>
      featuresOf(classifier, ports),
    ).finally(() => inProgress.delete(name))
    inProgress.set(name, computation)
    return computation
  }
}

/** Deletes the cached results of a classifier: the mean image of a class with one image is that image. */
export async function forgetFeatures(folder: string, classifierId: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const own = new RegExp(`^${classifierId}-[0-9a-f]{24}\\.json$`)
  await Promise.all(
    names.filter((name) => own.test(name)).map((name) => rm(path.join(folder, name), { force: true })),
  )
}

/** Changes when images are added, removed, or get another label or split. */
async function nameOf({ id, classes, input }: Classifier, { data }: FeaturesPorts): Promise<string> {
  const { per_class: perClass, total } = await data.queries.dataSummary({ classifier: id })
  const {
    samples: [newest],
  } = await data.queries.listSamples({ classifier: id, limit: 1 })
  return `${id}-${createHash('sha256')
    .update(JSON.stringify([classes, input, perClass, total, newest?.id]))
    .digest('hex')
    .slice(0, 24)}`
}

/** A cached result that cannot be read is computed again. */
async function cached(file: string, make: () => Promise<Features>): Promise<Features> {
  try {
    return dataFeatures.output.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    const computed = await make()
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify(computed))
    return computed
  }
}

type ImageStats = {
  readonly label: string
  readonly width: number
  readonly height: number
  readonly brightness: number
  readonly contrast: number
}

async function featuresOf(classifier: Classifier, { data, read, now }: FeaturesPorts): Promise<Features> {
  const all = await data.samples.all(classifier.id)
  const sampled = evenly(all, classifier.classes)
  const spec = specOf(classifier)
  const means = new Map<string, { sums: Float64Array; count: number }>()
  const described: ImageStats[] = []
  let unreadable = 0
  const end = now().getTime() + LONGEST_MS
  for (const { hash, label } of sampled.toSorted((a, b) => (a.hash < b.hash ? -1 : 1))) {
    if (now().getTime() > end) break
    await nextTurn() // predictions go first
    const image = await imageOf(() => data.images.bytesOf(hash), read)
    if (image === null) {
      unreadable += 1
      continue
    }
    const { image: pixels, width, height } = image
    described.push({ label, width, height, ...lightOf(pixels) })
    const mean = means.get(label) ?? {
      sums: new Float64Array(spec.size * spec.size * spec.channels),
      count: 0,
    }
    preprocess(pixels, spec).forEach((value, i) => {
      mean.sums[i]! += value
    })
    means.set(label, { sums: mean.sums, count: mean.count + 1 })
  }
  const perClass = await Promise.all(
    classifier.classes.map(async (name) => {
      const own = described.filter(({ label }) => label === name)
      const mean = means.get(name)
      return {
        class: name,
        looked_at: own.length,
        brightness: averageOf(own.map((one) => one.brightness)),
        contrast: averageOf(own.map((one) => one.contrast)),
        longer_side: medianOf(own.map(longerSide)),
        aspect: medianOf(own.map(aspectOf)),
        mean_image: mean ? await meanImage(mean, spec) : null,
      }
    }),
  )
  return {
    classifier: classifier.id,
    total: all.length,
    looked_at: described.length,
    unreadable,
    computed_at: now().toISOString(),
    brightness: binned(
      described.map((one) => one.brightness),
      equalEdges(1),
    ),
    contrast: binned(
      described.map((one) => one.contrast),
      equalEdges(MOST_CONTRAST),
    ),
    longer_side: binned(described.map(longerSide), SIDES),
    aspect: binned(described.map(aspectOf), ASPECTS),
    per_class: perClass,
  }
}

/** All when they are few; else a share of each class, evenly from its first to its last, and of a rare one
 *  at least ten. */
export function evenly(all: readonly Sample[], classes: readonly string[]): readonly Sample[] {
  if (all.length <= MOST_READ) return all
  return classes
    .flatMap((name) => {
      const own = all.filter(({ label }) => label === name)
      const count = Math.min(
        own.length,
        Math.max(LEAST_OF_A_CLASS, Math.floor((own.length / all.length) * MOST_READ)),
      )
      return Array.from({ length: count }, (_, i) => own[Math.floor((i * own.length) / count)]!)
    })
    .slice(0, MOST_READ)
}

async function imageOf(
  bytesOf: () => Promise<Uint8Array | null>,
  read: FeaturesPorts['read'],
): Promise<SizedImage | null> {
  try {
    const bytes = await bytesOf()
    return bytes && (await read(bytes, SIDE_READ))
  } catch (error) {
    if (isDarkroomError(error)) return null
    throw error
  }
}

/** Luma by Rec. 601, as in grey preprocessing; its mean and standard deviation as shares of white. */
export function lightOf({ width, height, data }: RgbImage): {
  readonly brightness: number
  readonly contrast: number
} {
  const count = width * height
  let [sum, squares] = [0, 0]
  for (let at = 0; at < count * 3; at += 3) {
    const luma = (0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!) / 255
    sum += luma
    squares += luma * luma
  }
  const brightness = sum / count
  return { brightness, contrast: Math.sqrt(Math.max(0, squares / count - brightness * brightness)) }
}

const longerSide = ({ width, height }: ImageStats): number => Math.max(width, height)
const aspectOf = ({ width, height }: ImageStats): number => width / height

const equalEdges = (most: number): readonly number[] =>
  Array.from({ length: SHARE_BINS }, (_, i) => (i * most) / SHARE_BINS)

/** From each edge up to, not including, the next; the last bin has no end. */
export function binned(values: readonly number[], edges: readonly number[]): Features['brightness'] {
  return edges.map((from, i) => {
    const to = edges[i + 1] ?? null
    return { from, to, count: values.filter((value) => value >= from && (to === null || value < to)).length }
  })
}

const averageOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return null
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The input of the network, but no larger than a viewer needs. */
function specOf({ input }: Classifier): Preprocess {
  return {
    size: Math.min(MEAN_SIDE, input.size),
    channels: input.channels,
    fit: input.fit,
    background: [255, 255, 255],
    resize: 'lanczos3',
    mean: [0],
    std: [1],
  }
}

async function meanImage(
  { sums, count }: { sums: Float64Array; count: number },
  { size, channels }: Preprocess,
): Promise<string> {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) =>
    Math.round((channels === 1 ? sums[Math.floor(i / 3)]! : sums[i]!) / count),
  )
  const webp = await thumbnail({ width: size, height: size, data }, size)
  return `data:image/webp;base64,${Buffer.from(webp).toString('base64')}`
}
