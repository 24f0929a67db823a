/** The engines `onnx` and `wasm`: ONNX Runtime on the graphs of lib/ml/onnx. `library.ts` handles the differences
 *  between the two. */
import type { LearnerSpec } from '#lib/ml/learn/learner.ts'
import { createStandardKernels } from '#lib/ml/onnx/standard-kernels.ts'
import type { Engine } from '../engine.ts'
import { openExtremesWith } from './extremes.ts'
import { openPredictionSession, type PredictionSession } from './inference-session.ts'
import type { OrtLibrary } from './library.ts'
import { createOrtLearner, type GraphWriter } from './ort-learner.ts'

export function createOrtEngine(
  library: OrtLibrary,
  options: { readonly writing?: GraphWriter; readonly layout?: string } = {},
): Engine {
  const loaded = new Map<string, PredictionSession>()
  const writing = options.writing ?? standardWriting(library)
  return {
    name: library.name,
    detail:
      `ONNX Runtime ${library.version}${library.name === 'wasm' ? ' in WebAssembly' : ''}, ` +
      `${library.threads} ${library.threads === 1 ? 'thread' : 'threads'}, ` +
      `${options.layout ?? 'standard layout'}`,
    async load(key, model) {
      const session = await openPredictionSession(library, model)
      const previous = loaded.get(key)
      loaded.set(key, session)
      await previous?.[Symbol.asyncDispose]()
    },
    async unload(key) {
      const session = loaded.get(key)
      loaded.delete(key)
      await session?.[Symbol.asyncDispose]()
    },
    async run(key, pixels, count) {
      const session = loaded.get(key)
      if (!session) throw new Error(`no network is loaded as ${key}`)
      return session.answer(pixels, count)
    },
    // in WebAssembly, 8-bit numbers are no faster
    ...(library.name === 'onnx' && { openExtremes: openExtremesWith(library) }),
    learner: async (spec: LearnerSpec) => createOrtLearner(library, spec, writing),
    async [Symbol.asyncDispose]() {
      for (const session of loaded.values()) await session[Symbol.asyncDispose]()
      loaded.clear()
    },
  }
}

export const standardWriting =
  (library: OrtLibrary): GraphWriter =>
  (batch) =>
  (g) =>
    createStandardKernels(g, { batch, isWasm: library.name === 'wasm' })
