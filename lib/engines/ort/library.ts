/** ONNX Runtime, loaded on first use: the native build (`onnx`) or the WebAssembly one (`wasm`). Both
 *  have the same interface; this file handles their differences, and counts open sessions. It knows no network. */
import os from 'node:os'
import { onnxBytes, type GraphData } from '#lib/ml/onnx/writer.ts'
import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-node'

export type OrtName = 'onnx' | 'wasm'

type Feeds = Readonly<Record<string, Tensor>>
type Module = {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  readonly Tensor: TensorConstructor
  readonly env: {
    readonly versions: { readonly node?: string; readonly web?: string; readonly common: string }
    readonly wasm: { numThreads?: number }
    logLevel?: string
  }
}

export type Session = AsyncDisposable & {
  run(feeds: Feeds): Promise<Feeds>
}

export type OrtLibrary = {
  readonly name: OrtName
  readonly version: string
  readonly threads: number
  open(graph: GraphData): Promise<Session>
  floats(values: Float32Array, shape: readonly number[]): Tensor
  bytes(values: Uint8Array, shape: readonly number[]): Tensor
  openSessions(): number
}

// beyond 8, small images gain nothing
export const defaultThreads = (): number => Math.max(1, Math.min(os.availableParallelism(), 8))

export async function loadOrt(
  name: OrtName,
  { threads = defaultThreads() }: { threads?: number } = {},
): Promise<OrtLibrary> {
  // disables telemetry; read once, when the library starts (docs/decisions/0011)
  if (name === 'onnx') process.env['ORT_DISABLE_TELEMETRY'] = '1'
  const ort = (name === 'onnx'
    ? await import('onnxruntime-node')
    : await import('onnxruntime-web')) as unknown as Module
  if (name === 'wasm') {
    ort.env.wasm.numThreads = threads // read at the first session of a process
    ort.env.logLevel = 'error'
  }
  let open = 0
  return {
    name,
    version: ort.env.versions.common,
    threads,
    openSessions: () => open,
    floats: (values, shape) => new ort.Tensor('float32', values, shape),
    bytes: (values, shape) => new ort.Tensor('uint8', values, shape),
    async open(graph) {
      const session = await ort.InferenceSession.create(onnxBytes(graph), {
        executionProviders: [name === 'onnx' ? 'cpu' : 'wasm'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // the arena never releases memory: 593 MB against 325 in WebAssembly at the same speed; the native build
        // loses a third of its speed without (2026-11)
        enableCpuMemArena: name === 'onnx',
        // the memory plan of the first run needs one more block in addition to that run's own: 392 MB against 292
        // at the same speed (2026-11)
        enableMemPattern: false,
        // waiting threads sleep instead of spinning, because the machine's few cores are shared with other work
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      })
      open += 1
      return {
        run: (feeds) => session.run(feeds),
        async [Symbol.asyncDispose]() {
          open -= 1
          await session.release()
        },
      }
    },
  }
}
