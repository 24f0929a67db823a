/** How long the report of a classifier takes and how much memory: real images without figures are stored in a new data
 *  folder, and checked as the worker does. Features of a network are replaced by random ones of the same length. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { OUTLIER_NEIGHBOURS } from '#lib/domain/findings/outlier.ts'
import { decodeSmall } from '#lib/images/thumbnail.ts'
import { checkImages } from '#lib/ingest/check-images.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { meanDistances, nearestNeighbours } from '#lib/ml/evaluate/neighbours.ts'
import { createRandom } from '#lib/ml/random.ts'
import { openData, type OpenData } from '#lib/queries/open-data.ts'

const SMALL_PIXELS = 64 // as an upload
const MAX_PIXELS = 1e8
const CLASSIFIER = 'bench'
const SAMPLES_AT_ONCE = 250
/** Of MobileNetV3-Small, the default network. */
const FEATURE_LENGTH = 576
const MIB = 2 ** 20

type ReportBenchmark = {
  readonly from: readonly string[]
  readonly images: number
  readonly onStep: (text: string) => void
}

export async function measureReport({ from, images, onStep }: ReportBenchmark): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'darkroom-bench-findings-'))
  const data = await openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: path.join(dataDir, 'models'),
    clock: { now: Date.now },
  })
  try {
    const count = await stored(data, { from, images, onStep })
    onStep(`checking ${count} images`)
    global.gc?.()
    const [before, began, cpu] = [process.memoryUsage.rss(), performance.now(), process.cpuUsage()]
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 100)
    const seconds = (): number => (performance.now() - began) / 1000
    let neighbours = 0
    const result = await checkImages(
      CLASSIFIER,
      {
        ...data,
        sizeOf: (bytes) => decodeSmall(bytes, SMALL_PIXELS, { maxPixels: MAX_PIXELS }),
        async learned(_classifier, samples) {
          const from = seconds()
          const distances = await randomDistances(samples.length)
          neighbours = seconds() - from
          return { probabilities: null, distances }
        },
      },
      new AbortController().signal,
    )
    clearInterval(watch)
    const { user, system } = process.cpuUsage(cpu)
    const cpuSeconds = (user + system) / 1e6
    return (
      `${result.images} images, ${result.findings} findings: ${seconds().toFixed(1)} s, of which neighbours ` +
      `${neighbours.toFixed(1)} s; ${cpuSeconds.toFixed(1)} s of CPU; memory ${(peak / MIB).toFixed(0)} MB at most, ` +
      `${((peak - before) / MIB).toFixed(0)} MB more than before`
    )
  } finally {
    await data.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function stored(data: OpenData, { from, images, onStep }: ReportBenchmark): Promise<number> {
  const input = { size: 64, channels: 3, fit: 'cover' } as const
  await data.classifiers.create({ id: CLASSIFIER, title: 'Bench', classes: [], input, isMirrorable: true })
  const upload = await data.uploads.begin(CLASSIFIER)
  let count = 0
  for (const one of from) {
    const set = await openDataset('findings', { from: one })
    let batch: { readonly label: string; readonly bytes: Uint8Array }[] = []
    const flush = async (): Promise<void> => {
      await data.classifiers.addClasses(CLASSIFIER, [...new Set(batch.map(({ label }) => label))])
      await data.samples.add(
        CLASSIFIER,
        batch.map(({ label, bytes }) => ({
          image: {
            hash: createHash('sha256').update(bytes).digest('hex'),
            bytes,
            width: 100,
            height: 100,
            mediaType: 'image/jpeg',
          },
          label,
          split: 'train',
          source: 'upload',
          uploadId: upload.id,
          filename: null,
        })),
      )
      batch = []
      onStep(`${count} images stored`)
    }
    for await (const { label, bytes } of set.images) {
      if (count === images) break
      count += 1
      batch.push({ label, bytes })
      if (batch.length === SAMPLES_AT_ONCE) await flush()
    }
    if (batch.length > 0) await flush()
  }
  await data.uploads.change(upload.id, { state: 'done' })
  return count
}

async function randomDistances(count: number): Promise<Float64Array> {
  const random = createRandom(1)
  const rows = Array.from({ length: count }, () => Float32Array.from({ length: FEATURE_LENGTH }, random))
  const search = nearestNeighbours(
    { length: FEATURE_LENGTH, rows, groups: rows.map((_, i) => i) },
    OUTLIER_NEIGHBOURS,
  )
  for (;;) {
    const { done, value } = search.next()
    if (done) return meanDistances(value)
  }
}
