/** `model.onnx`: the inference graph as a file for any program that reads ONNX. Kernels are not stored twice:
 *  the file refers to their offsets in weights.bin next to it, and those of another program's graph to offsets in
 *  backbone.onnx, so that it is small and agrees exactly with the layers (docs/decisions/0013). */
import { WEIGHTS_FILE, type WeightPlace } from '../formats/weights-file.ts'
import type { NetworkLayout, Weights } from '../network/network.ts'
import { inferenceGraph } from './inference-graph.ts'
import type { PlaceWeight } from './place-weight.ts'
import { onnxBytes } from './writer.ts'

const FLOAT32 = 1 // TensorProto.DataType

/** @param places from `toTfjs`, which wrote weights.bin. */
export function onnxFile(
  layout: NetworkLayout,
  weights: Weights,
  places: ReadonlyMap<string, WeightPlace>,
): Uint8Array {
  return onnxBytes(
    inferenceGraph(layout, weights, { isWasm: false, place: placeIn(places), isReferenced: true }),
  )
}

/** A kernel as it is stored, converted to float32, times batch norm's scale of its channels: constants, which a
 *  runtime computes once, when it loads. */
const placeIn =
  (places: ReadonlyMap<string, WeightPlace>): PlaceWeight =>
  (g, spec, { scales }) => {
    const place = spec.role === 'kernel' ? places.get(spec.name) : undefined
    if (!place) return null
    const stored = g.external(place.isHalf ? 'float16' : 'float32', spec.shape, {
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
