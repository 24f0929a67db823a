/**
 * One measurement of `bench -- train` in its own process, so that peak memory, threads and CPU time belong
 * to it alone: trains for the given time, prints one line of JSON and ends. train-keras.py measures Keras.
 */
import { readFileSync } from 'node:fs'
import type { EngineName } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openLayersFit } from '#lib/engines/tfjs-node/layers-fit.ts'
import { openLayersFitOnWasm } from '#lib/engines/tfjs-node/layers-fit-wasm.ts'
import { initialWeights } from '#lib/ml/network/initial-weights.ts'
import type { Precision } from '#lib/ml/learn/learner.ts'
import { benchNetwork, IMAGES, inBatches, noiseImages, RATE } from './train-network.ts'
import { trialRequest, type Trial } from '#lib/contracts/developer-files.ts'

const WARM_UP = { steps: 3, longestMs: 1000 } // the first step allocates; a slow engine is warm after it

type OwnVariant = { readonly engine: EngineName; readonly precision: Precision }
const OWN: Readonly<Record<string, OwnVariant>> = {
  onnx: { engine: 'onnx', precision: 'float32' },
  float32: { engine: 'tfjs-node', precision: 'float32' },
  bfloat16: { engine: 'tfjs-node', precision: 'bfloat16' },
  wasm: { engine: 'wasm', precision: 'float32' },
}

type Trainer = {
  readonly detail: string
  warmUp(): Promise<void>
  /** The number of images trained on, and the last loss. */ train(): Promise<{
    images: number
    loss: number
  }>
}

const { variant, batch, seconds, threads, tfjsWasm } = trialRequest.parse(JSON.parse(process.argv[2] ?? '{}'))
const weights = initialWeights(benchNetwork, 1)

async function ownTrainer({ engine: name, precision }: OwnVariant): Promise<Trainer> {
  const engine = await openEngine(name, 'training', { threads })
  const learner = await engine.learner({
    network: benchNetwork,
    weights,
    batch,
    optimiser: { kind: 'adam' },
    precision,
  })
  const batches = inBatches(noiseImages(Math.max(IMAGES, batch)), batch)
  return {
    detail: precision === 'bfloat16' ? `${engine.detail} by default; bfloat16 here` : engine.detail,
    async warmUp() {
      const end = performance.now() + WARM_UP.longestMs
      for (let step = 0; step === 0 || (step < WARM_UP.steps && performance.now() < end); step++)
        await learner.learn(batches[0]!, RATE)
    },
    async train() {
      const end = performance.now() + seconds * 1000
      let [steps, loss] = [0, Number.NaN]
      do loss = (await learner.learn(batches[steps++ % batches.length]!, RATE)).loss
      while (performance.now() < end)
      return { images: steps * batch, loss }
    },
  }
}

/** `fit` takes whole epochs: each call gets as many as should fill the time, judged by the previous call. */
async function fitTrainer(): Promise<Trainer> {
  const fitted =
    variant === 'tfjs-wasm'
      ? await openLayersFitOnWasm(benchNetwork, weights, { rate: RATE, threads, folder: tfjsWasm })
      : await openLayersFit(benchNetwork, weights, RATE)
  const images = noiseImages(Math.max(IMAGES, batch))
  let epochs = 1
  return {
    detail: fitted.detail,
    async warmUp() {
      const began = performance.now()
      await fitted.fit(images, { batch, epochs: 1 })
      epochs = Math.max(1, Math.round((seconds * 1000) / (performance.now() - began)))
    },
    train: async () => ({ loss: await fitted.fit(images, { batch, epochs }), images: epochs * images.count }),
  }
}

const own = OWN[variant]
const trainer = await (own ? ownTrainer(own) : fitTrainer())
await trainer.warmUp()
const cpuBefore = process.cpuUsage()
const began = performance.now()
const { images, loss } = await trainer.train()
const wallSeconds = (performance.now() - began) / 1000
const cpu = process.cpuUsage(cpuBefore)
if (!Number.isFinite(loss)) throw new Error(`${variant} does not train: its loss is ${loss}`)
const trial: Trial = {
  images,
  wall_seconds: wallSeconds,
  cpu_seconds: (cpu.user + cpu.system) / 1e6,
  peak_mb: peakMb(),
  detail: trainer.detail,
}
process.stdout.write(`${JSON.stringify(trial)}\n`)
process.exit(0)

/** The kernel's peak memory of this process; elsewhere the value that Node reports. */
function peakMb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024
  const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
