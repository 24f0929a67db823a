/** One check of a data folder's images, as the worker does it, so that the peak memory belongs to it alone: prints one
 *  line and ends. It decodes in this process, where the product has another process for that. Features of a network are
 *  replaced by random ones of the same length. */
import path from 'node:path'
import { OUTLIER_NEIGHBOURS } from '#lib/domain/findings/outlier.ts'
import { decodeSmall } from '#lib/images/thumbnail.ts'
import { checkImages } from '#lib/ingest/check-images.ts'
import { meanDistances, nearestNeighbours } from '#lib/ml/evaluate/neighbours.ts'
import { createRandom } from '#lib/ml/random.ts'
import { collectGarbage } from '#lib/operations/garbage-collection.ts'
import { openData } from '#lib/queries/open-data.ts'
import { CLASSIFIER } from './findings-report.ts'

const SMALL_PIXELS = 64 // as an upload
const MAX_PIXELS = 1e8
/** Of MobileNetV3-Small, the default network. */
const FEATURE_LENGTH = 576
const MIB = 2 ** 20

const dataDir = process.argv[2]!
const data = await openData({
  databaseFile: path.join(dataDir, 'darkroom.db'),
  dataDir,
  modelsDir: path.join(dataDir, 'models'),
  clock: { now: Date.now },
})
collectGarbage()
const [before, began, cpu] = [process.memoryUsage.rss(), performance.now(), process.cpuUsage()]
const seconds = (): number => (performance.now() - began) / 1000
let neighbours = 0
const { samples, findings } = await checkImages(
  CLASSIFIER,
  {
    ...data,
    sizeOf: (bytes) => decodeSmall(bytes, SMALL_PIXELS, { maxPixels: MAX_PIXELS }),
    async learned(_classifier, { length }) {
      const from = seconds()
      const distances = randomDistances(length)
      neighbours = seconds() - from
      return { probabilities: null, distances }
    },
  },
  new AbortController().signal,
)
const { user, system } = process.cpuUsage(cpu)
const peak = process.resourceUsage().maxRSS / 1024
console.log(
  `${samples.length} images, ${findings} findings: ${seconds().toFixed(1)} s, of which neighbours ` +
    `${neighbours.toFixed(1)} s; ${((user + system) / 1e6).toFixed(1)} s of CPU; ` +
    `memory ${peak.toFixed(0)} MB at most, ${(peak - before / MIB).toFixed(0)} MB more than before`,
)
await data.close()

function randomDistances(count: number): Float64Array {
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
