/** The engine `tfjs-node`: TensorFlow's kernels, called one by one from the layers of lib/ml. */
import type { LearnerSpec } from '#lib/ml/learn/learner.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { graphOf } from '#lib/ml/network/network.ts'
import type { Engine } from '../engine.ts'
import { answer, freeWeights, loadWeights, type LoadedNetwork } from './inference-network.ts'
import { loadTensorFlow, type TensorFlow } from './binding.ts'
import { createTensorFlowLearner } from './tensorflow-learner.ts'

/** @param fastBfloat16 whether `precision: 'auto'` means bfloat16: when the CPU has instructions for it. */
export function createTensorFlowEngine({
  tf = loadTensorFlow(),
  fastBfloat16 = false,
}: { readonly tf?: TensorFlow; readonly fastBfloat16?: boolean } = {}): Engine {
  const loaded = new Map<string, LoadedNetwork>()
  const unload = (key: string): void => {
    const previous = loaded.get(key)
    if (previous) freeWeights(tf, previous)
    loaded.delete(key)
  }
  const fastest = fastBfloat16 ? 'bfloat16' : 'float32'
  const precisionOf = ({ precision = 'auto' }: LearnerSpec) => (precision === 'auto' ? fastest : precision)
  return {
    name: 'tfjs-node',
    detail: `TensorFlow ${tf.version}, ${fastBfloat16 ? 'bfloat16 where the recipe allows' : 'float32'}`,
    async load(key, { network, weights }) {
      if (graphOf(network)) throw notOnTensorFlow(network.name)
      const fresh = loadWeights(tf, network, weights)
      unload(key)
      loaded.set(key, fresh)
    },
    unload: async (key) => unload(key),
    async run(key, pixels, count) {
      const network = loaded.get(key)
      if (!network) throw new Error(`no network is loaded as ${key}`)
      return answer(tf, network, pixels, count)
    },
    learner: async (spec: LearnerSpec) => createTensorFlowLearner(tf, spec, precisionOf(spec)),
    async [Symbol.asyncDispose]() {
      for (const key of [...loaded.keys()]) unload(key)
    },
  }
}

const notOnTensorFlow = (name: string): DarkroomError =>
  new DarkroomError('bad_bundle', {
    what: `${name} cannot run on the engine tfjs-node`,
    why: 'its pretrained network is an ONNX file',
    remedy: 'Set INFERENCE_ENGINE and TRAINING_ENGINE to onnx, wasm or auto.',
  })
