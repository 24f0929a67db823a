/** Runs a graph once and returns each of its outputs with its shape: how an unknown ONNX file is examined. */
import type { GraphData } from '#lib/ml/onnx/writer.ts'
import { loadOrt } from './library.ts'

export type GraphOutput = {
  readonly shape: readonly number[]
  /** Null: it is not float32. */
  readonly values: Float32Array | null
}

export type OpenGraph = AsyncDisposable & {
  /** @param sides of the pixels, its only input
   *  @returns the outputs in the order of the graph */
  run(pixels: Float32Array, sides: readonly number[]): Promise<readonly GraphOutput[]>
}

/** @throws Error with ONNX Runtime's reason for a graph that it cannot run. */
export async function openGraph(graph: GraphData): Promise<OpenGraph> {
  const library = await loadOrt('onnx')
  const session = await library.open(graph)
  return {
    async run(pixels, sides) {
      const outputs = await session.run({ [graph.inputs[0]!.name]: library.floats(pixels, sides) })
      return graph.outputs.map(({ name }) => {
        const tensor = outputs[name]
        if (!tensor) throw new Error(`the graph has no output ${name}`)
        return { shape: tensor.dims, values: tensor.data instanceof Float32Array ? tensor.data : null }
      })
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}
