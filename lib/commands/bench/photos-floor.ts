/**
 * A process with which `npm run bench -- photos` measures what an image costs alone: decoding by sharp, reduced while
 * it is decoded where it is large, and inference in a batch of one. It answers each message with the milliseconds of
 * every image that it computed in that time, and ends with its parent.
 */
import { readFile } from 'node:fs/promises'
import { PRECISIONS } from '#lib/contracts/precision.ts'
import { shrunkSize } from '#lib/domain/shrunk-size.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openSharp } from '#lib/images/sharp.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { readPreprocess } from '#lib/ml/formats/bundle.ts'
import { prepare } from '#lib/ml/preprocess/preprocess.ts'

const MAX_PIXELS = 1e8
const WARM_UP_IMAGES = 3

const [folder = '', imageFile = '', precision] = process.argv.slice(2)
process.once('disconnect', () => process.exit(0))
const engine = await openEngine('onnx', 'inference', { threads: 1 })
const models = loadedModels(
  engine,
  PRECISIONS.find((name) => name === precision),
)
await models.load({ key: folder, folder })
const spec = await readPreprocess(folder)
const bytes = await readFile(imageFile)
const { width, height } = await openSharp(bytes).metadata()
const size = shrunkSize(width, height)
for (let i = 0; i < WARM_UP_IMAGES; i++) await compute()
process.on('message', (message) => void computeFor(Number(message)).then((times) => process.send?.(times)))
process.send?.([])

async function computeFor(ms: number): Promise<readonly number[]> {
  const times: number[] = []
  const end = performance.now() + ms
  for (let began = performance.now(); began < end; began = performance.now()) {
    await compute()
    times.push(performance.now() - began)
  }
  return times
}

async function compute(): Promise<void> {
  const startedAt = performance.now()
  const file = openSharp(bytes, { sequentialRead: true })
  const { data, info } = await (size === null ? file : file.resize({ ...size, fit: 'fill' }))
    .raw()
    .toBuffer({ resolveWithObject: true })
  const image = prepare({ width: info.width, height: info.height, data: new Uint8Array(data) }, spec)
  const decodeMs = performance.now() - startedAt
  await models.infer({
    key: folder,
    images: [{ ...image, width, height, decodeMs, queuedMs: 0 }],
    maxPixels: MAX_PIXELS,
    wantsFeatures: false,
  })
}
