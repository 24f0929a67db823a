/** ONNX Runtime as the measure of the numbers that occur in a network (lib/ml/quantise). */
import type { OpenExtremes } from '#lib/ml/quantise/calibrate.ts'
import { extremesGraph } from '#lib/ml/quantise/quantised-graph.ts'
import { floatsOf } from './inference-session.ts'
import type { OrtLibrary } from './library.ts'

export const openExtremesWith =
  (library: OrtLibrary): OpenExtremes =>
  async ({ network, weights }) => {
    const { graph, outputs } = extremesGraph(network, weights)
    const session = await library.open(graph)
    const { size, channels } = network.input
    return {
      async extremes(pixels, count) {
        const results = await session.run({ pixels: library.floats(pixels, [count, size, size, channels]) })
        return new Map(
          outputs.map(({ layer, low, high }) => [
            layer,
            { lows: floatsOf(results[low]), highs: floatsOf(results[high]) },
          ]),
        )
      },
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    }
  }
