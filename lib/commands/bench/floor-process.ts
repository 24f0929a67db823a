/**
 * One of the processes with which `npm run bench -- serve` measures what decoding and inference cost while every core
 * does the same: cores share caches and often execution units. It says that it is ready, measures on the first
 * message, and ends with its parent.
 */
import type { PreparedImage } from '#lib/contracts/ipc.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { decodeInScript } from '#lib/images/decode.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { backgroundOf } from '#lib/inference/prepare-images.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { prepare } from '#lib/ml/preprocess/preprocess.ts'
import { drawnImages } from './load-generator.ts'
import { cpuPerItem, type ComputingCost, type FloorMessage } from './serve-floor.ts'

const BATCHES = [1, 8, 16, 32]
const IMAGES_PER_ROUND = 320
const MAX_PIXELS = 1e6

const say = (message: FloorMessage): unknown => process.send?.(message)
const [folder = '', precision] = process.argv.slice(2)
process.once('disconnect', () => process.exit(0))
const engine = await openEngine('onnx', 'inference', { threads: 1 })
const models = loadedModels(engine, precision === 'int8' ? 'int8' : 'float32')
const loaded = await models.load({ key: folder, folder })
const { preprocess: spec } = await readBundle(folder)
if (loaded.precision === precision) {
  process.once('message', () => void measure().then((cost) => say({ kind: 'measured', cost })))
  say({ kind: 'ready' })
} else say({ kind: 'unable' })

async function measure(): Promise<ComputingCost> {
  const pngs = drawnImages()
  const squares = pngs.map(squareOf)
  const decode = await cpuPerItem(IMAGES_PER_ROUND, async () => {
    for (let i = 0; i < IMAGES_PER_ROUND; i++) squareOf(pngs[i % pngs.length]!)
  })
  const inference: { readonly batch: number; readonly cost: number }[] = []
  for (const batch of BATCHES)
    inference.push({
      batch,
      cost: await cpuPerItem(IMAGES_PER_ROUND, async () => {
        for (let from = 0; from < IMAGES_PER_ROUND; from += batch) {
          const images = Array.from({ length: batch }, (_, i) => squares[(from + i) % squares.length]!)
          await models.infer({ key: folder, images, maxPixels: MAX_PIXELS, wantsFeatures: false })
        }
      }),
    })
  const best = inference.reduce((least, one) => (one.cost < least.cost ? one : least))
  return { decode, inferenceAlone: inference[0]!.cost, inference: best.cost, bestBatch: best.batch }
}

function squareOf(png: Uint8Array): PreparedImage {
  const decoded = decodeInScript(png, { maxPixels: MAX_PIXELS, background: backgroundOf(spec) })
  if (decoded === null) throw new Error('A drawn image is not a small PNG')
  const { width, height, image } = decoded
  return { ...prepare(image, spec), width, height, decodeMs: 0, queuedMs: 0 }
}
