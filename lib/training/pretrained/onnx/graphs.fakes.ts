/** Small ONNX files with one property each, written by our own writer. */
import { writeFile } from 'node:fs/promises'
import { createGraph } from '#lib/ml/onnx/graph.ts'
import { onnxBytes, type ElementType, type GraphData } from '#lib/ml/onnx/writer.ts'

export type SmallGraph = {
  readonly sides?: readonly (number | string)[]
  readonly type?: ElementType
  /** Mean over places, over channels too. */
  readonly perm?: readonly number[]
  readonly features?: number
}

/** Image → mean colour → so many features. */
export function smallGraph({
  sides = ['n', 3, 32, 32],
  type = 'float32',
  perm,
  features = 6,
}: SmallGraph): GraphData {
  const g = createGraph('small')
  const image = g.input({ name: 'image', type, shape: sides })
  const pooled = g.op('GlobalAveragePool', [perm ? g.transpose(image, ...perm) : image])
  const flat = g.op('Flatten', [pooled], { attributes: { axis: 1 } })
  const kernel = new Float32Array(3 * features).map((_, i) => Math.cos(i))
  const bias = new Float32Array(features).map((_, i) => i / 10)
  const mixed = g.op('Gemm', [flat, g.floats(kernel, [3, features]), g.floats(bias, [features])])
  const bent = g.op('Relu', [mixed])
  const logits = g.op('MatMul', [
    bent,
    g.floats(
      new Float32Array(features * 2).map((_, i) => Math.sin(i)),
      [features, 2],
    ),
  ])
  g.output(g.op('Softmax', [logits]), { name: 'probabilities', type: 'float32', shape: null })
  return g.finish()
}

export const writeGraph = (file: string, graph: GraphData): Promise<void> => writeFile(file, onnxBytes(graph))
