/** Whether this machine's ONNX Runtime can train in its blocked layout, and with which block size. The layout is
 *  internal to ONNX Runtime, so it is probed; the self-test of the engine then verifies
 *  its gradients. */
import { createBlockedKernels } from '#lib/ml/onnx/blocked-kernels.ts'
import { BLOCKED, createGraph } from '#lib/ml/onnx/graph.ts'
import { floatsOf } from './inference-session.ts'
import type { OrtLibrary } from './library.ts'
import type { GraphWriter } from './ort-learner.ts'

/** Reorders two columns of sixteen channels: the new position of the second column of the first channel is the
 *  block size. Null when there is none. */
export async function probeBlock(library: OrtLibrary): Promise<8 | 16 | null> {
  if (library.name === 'wasm') return null
  const g = createGraph('probe')
  const x = g.input({ name: 'x', type: 'float32', shape: [1, 16, 1, 2] })
  g.output(g.op('ReorderInput', [x], { domain: BLOCKED }), {
    name: 'y',
    type: 'float32',
    shape: [1, 16, 1, 2],
  })
  try {
    await using session = await library.open(g.finish())
    const { y } = await session.run({
      x: library.floats(
        Float32Array.from({ length: 32 }, (_, i) => i),
        [1, 16, 1, 2],
      ),
    })
    const place = floatsOf(y).indexOf(1)
    return place === 8 || place === 16 ? place : null
  } catch {
    return null // this build or CPU has no blocked kernels: a result, not a failure
  }
}

export const blockedWriting =
  (block: number): GraphWriter =>
  (batch) =>
  (g) =>
    createBlockedKernels(g, { batch, block })
