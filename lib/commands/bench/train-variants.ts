/**
 * The trainers that `bench -- train` compares: whether this machine has them, and one measurement of one in
 * a child process. train.ts combines the figures.
 */
import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { trial, type Trial } from '#lib/contracts/developer-files.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { probeEngines } from '#lib/engines/open-engine.ts'
import { whyNoTfjsWasm } from '#lib/engines/tfjs-node/layers-fit-wasm.ts'
import { EPSILON } from '#lib/ml/network/kernels.ts'
import { parameterCount } from '#lib/ml/network/network.ts'
import { benchNetwork, IMAGES, RATE } from './train-network.ts'

export const VARIANTS = [
  'keras-fit',
  'keras-mixed',
  'onnx',
  'float32',
  'bfloat16',
  'wasm',
  'tfjs-wasm',
  'layers-fit',
] as const
export type Variant = (typeof VARIANTS)[number]

export type TrialSpec = {
  readonly variant: Variant
  readonly batch: number
  readonly seconds: number
  readonly threads: number
  readonly python: string
  /** A folder whose node_modules has tfjs' WebAssembly backend. */ readonly tfjsWasm: string
}

const NEEDS: Readonly<Record<Variant, EngineName | 'keras' | 'tfjs-wasm'>> = {
  'keras-fit': 'keras',
  'keras-mixed': 'keras',
  onnx: 'onnx',
  float32: 'tfjs-node',
  bfloat16: 'tfjs-node',
  wasm: 'wasm',
  'tfjs-wasm': 'tfjs-wasm',
  'layers-fit': 'tfjs-node',
}
const START_MS = 180_000 // libraries, compilation and warm-up: 5 s on an idle machine, most for `fit` on a busy one
const SLOWEST = 6 // a multiple of the requested seconds: a step or epoch in progress is finished

/** Why a variant is not available here, or null. */
export function whyNot(
  variant: Variant,
  { python, tfjsWasm }: Pick<TrialSpec, 'python' | 'tfjsWasm'>,
): string | null {
  const need = NEEDS[variant]
  if (need === 'keras') return whyNoKeras(python)
  if (need === 'tfjs-wasm') return whyNoTfjsWasm(tfjsWasm)
  const probe = probeEngines().find(({ name }) => name === need)
  return probe?.available ? null : (probe?.detail ?? `there is no engine ${need}`)
}

const sought = new Map<string, string | null>()
function whyNoKeras(python: string): string | null {
  const known = sought.get(python)
  if (known !== undefined) return known
  const { status } = spawnSync(
    python,
    [
      '-c',
      'import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ("keras", "tensorflow"))))',
    ],
    { stdio: 'ignore' },
  )
  const lacks =
    status === null
      ? `there is no ${python}`
      : `${python} has no keras with tensorflow (set another one with --python PATH)`
  const answer = status === 0 ? null : lacks
  sought.set(python, answer)
  return answer
}

/** One measurement. Throws with the child's output when it fails or takes too long. */
export function measure(request: TrialSpec): Promise<Trial> {
  const [program, args] = commandOf(request)
  // TensorFlow reads both from the environment of the process when it is loaded
  const child = spawn(program, args, {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: String(request.threads) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: START_MS + request.seconds * 1000 * SLOWEST,
    killSignal: 'SIGKILL',
  })
  const endWithUs = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', endWithUs)
  const output = { out: '', error: '' }
  child.stdout.on('data', (text: Buffer) => {
    output.out += text.toString()
  })
  child.stderr.on('data', (text: Buffer) => {
    output.error += text.toString()
  })
  const { promise, resolve, reject } = Promise.withResolvers<Trial>()
  child.once('error', reject)
  child.once('close', (code, signal) => {
    const line = output.out.split('\n').findLast((text) => text.startsWith('{'))
    if (code === 0 && line !== undefined) resolve(trial.parse(JSON.parse(line)))
    else
      reject(
        new Error(
          `${request.variant} at batch ${request.batch} returned no result (${signal ?? `code ${code}`}): ` +
            `${output.error.trim().split('\n').slice(-5).join(' ')}`,
        ),
      )
  })
  return promise.finally(() => process.off('exit', endWithUs))
}

function commandOf({
  variant,
  batch,
  seconds,
  threads,
  python,
  tfjsWasm,
}: TrialSpec): [program: string, args: readonly string[]] {
  if (NEEDS[variant] !== 'keras')
    return [
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        path.join(import.meta.dirname, 'train-child.ts'),
        JSON.stringify({ variant, batch, seconds, threads, tfjsWasm }),
      ],
    ]
  const request = {
    network: benchNetwork,
    parameters: parameterCount(benchNetwork),
    epsilon: EPSILON,
    rate: RATE,
    batch,
    seconds,
    images: Math.max(IMAGES, batch),
    mixed: variant === 'keras-mixed',
  }
  return [python, [path.join(import.meta.dirname, 'train-keras.py'), JSON.stringify(request)]]
}
