/** `model.onnx`: the inference graph as a file for any program that reads ONNX. Kernels are not in it twice:
 *  it names their places in
 *  `weights.bin` beside it, so it is small and says exactly what the layers say (docs/decisions/0013). */
import { WEIGHTS_FILE, type WeightPlace } from '../formats/tfjs.ts'
import type { Network, Weights } from '../network/network.ts'
import { inferenceGraph, type PlaceWeight } from './inference-graph.ts'
import { onnxBytes } from './writer.ts'

const FLOAT32 = 1 // TensorProto.DataType

/** @param places of `toTfjs`, which wrote the file beside. */
export function onnxFile(
  { network, weights }: { readonly network: Network; readonly weights: Weights },
  places: ReadonlyMap<string, WeightPlace>,
): Uint8Array {
  return onnxBytes(inferenceGraph(network, weights, { isWasm: false, place: placeIn(places) }))
}

/** A kernel as it is stored, made float32, times what batch norm scales its channels by: constants, which a
 *  runtime works out once, when it loads. */
const placeIn =
  (places: ReadonlyMap<string, WeightPlace>): PlaceWeight =>
  (g, spec, { scales }) => {
    const place = spec.role === 'kernel' ? places.get(spec.name) : undefined
    if (!place) return null
    const stored = g.beside(place.isHalf ? 'float16' : 'float32', spec.shape, {
      file: WEIGHTS_FILE,
      offset: place.offset,
      length: place.bytes,
    })
    const kernel = place.isHalf ? g.op('Cast', [stored], { attributes: { to: FLOAT32 } }) : stored
    const scale = scales[spec.layer]
    if (!scale) return kernel
    const isDepthwise = spec.shape.length === 4 && spec.shape[3] === 1 && spec.shape[2] === scale.length
    return g.multiply(kernel, g.floats(scale, isDepthwise ? [scale.length, 1] : [scale.length]))
  }
