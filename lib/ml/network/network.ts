/** A network is data: a list of layers, which determines shapes, weights, graphs and files. It computes
 *  nothing itself; the layers are implemented in `layers/`, initial weights in
 *  `initial-weights.ts`. */

/** The name by which a layer refers to the input image. */
export const INPUT = 'input'

/** How a window treats the edge of a map. Absent: stride 1 keeps the size ("same", as TensorFlow pads, an odd
 *  zero at the right and below). `symmetric`: (kernel − 1) / 2 zeros on every side, as PyTorch's networks pad;
 *  the same as absent for stride 1. `valid`: none. */
export type PaddingMode = 'valid' | 'symmetric'

/** Every layer reads the one before it, unless `from` names another (or `input`). Convolutions have no bias
 *  and are meant to be followed by batchNorm, then an activation. Pools don't overlap. Squeeze-and-excitation
 *  (Hu et al. 2018, arXiv:1709.01507) is globalAvgPool → dense → relu → dense → hardSigmoid → scaleChannels. */
export type Layer = { readonly name: string; readonly from?: string } & (
  | {
      readonly kind: 'conv'
      readonly kernel: number
      readonly filters: number
      readonly stride: number
      readonly padding?: PaddingMode
      /** only after `foldBatchNorm` */ readonly bias?: boolean
    }
  | {
      readonly kind: 'depthwise'
      readonly kernel: number
      readonly stride: number
      readonly padding?: PaddingMode
      /** only after `foldBatchNorm` */ readonly bias?: boolean
    }
  | { readonly kind: 'batchNorm' }
  | { readonly kind: 'relu'; /** the ceiling of relu6; none when absent */ readonly most?: number }
  /** x/6 + ½, clipped to 0…1 (PyTorch's function; that of Keras has another slope) */
  | { readonly kind: 'hardSigmoid' }
  /** x times its hardSigmoid (Howard et al. 2019, arXiv:1905.02244) */
  | { readonly kind: 'hardSwish' }
  | { readonly kind: 'maxPool'; readonly size: number }
  | { readonly kind: 'avgPool'; readonly size: number }
  | { readonly kind: 'globalAvgPool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number; readonly bias: boolean }
  | { readonly kind: 'add'; /** the earlier layer whose output is added */ readonly other: string }
  | {
      readonly kind: 'scaleChannels'
      /** the earlier layer whose vector has a factor for each channel of this map */ readonly other: string
    }
  | { readonly kind: 'concat'; /** the earlier layer whose vector is appended */ readonly other: string }
  /** The map at another size, each pixel the antialiased (area-weighted linear) mean of those it covers. */
  | {
      readonly kind: 'resize'
      readonly size: number
      /** share of each side, of the middle; 1 when absent */ readonly part?: number
    }
  | { readonly kind: 'dropout'; /** share set to zero, in steps of 1/256 */ readonly rate: number }
  | ({ readonly kind: 'graph' } & GraphFile)
)

/** Another program's ONNX file as the first layer of a network: it is run as it is, by ONNX Runtime only, and never
 *  trained. Its output is the vector of features that the last layer reads. */
export type GraphFile = {
  /** The path of the file; in a bundle, its name there. */
  readonly file: string
  readonly sha256: string
  readonly bytes: number
  readonly parameters: number
  /** The name of its input, and the order of its sides. */
  readonly input: string
  readonly layout: 'nchw' | 'nhwc'
  readonly isHalf: boolean
  /** Images per run; 0: any number. */
  readonly batch: number
  /** The value in the graph that the features come from. */
  readonly value: string
  readonly reading: ReadingMethod
  /** Features per image. */
  readonly length: number
}

/** How a value of a graph becomes one vector per image. `vector`: it is one, or a map of one place. `first-token` (the
 *  CLS token of a vision transformer) and `mean-of-tokens`: of [images, tokens, features]. `pooled-nchw` and
 *  `pooled-nhwc`: the mean over the places of a feature map. */
export type ReadingMethod = 'vector' | 'first-token' | 'mean-of-tokens' | 'pooled-nchw' | 'pooled-nhwc'

export type Network = {
  readonly name: string
  readonly input: { readonly size: number; readonly channels: number }
  readonly classes: number
  /** The last one is a dense layer with as many units as classes: its outputs are the logits, its input the
   *  features. */
  readonly layers: readonly Layer[]
}

/** Per image: `[height, width, channels]`, or `[length]` once flat. */
export type Shape = readonly number[]

/** One named tensor: `<layer>/kernel` (HWIO; depthwise [k, k, channels, 1]; dense [in, out]), `<layer>/bias`,
 *  `<layer>/gamma`, `<layer>/beta`, and, of batch norm, `<layer>/mean` and `<layer>/variance`, which are
 *  measured, not trained. */
export type WeightSpec = {
  readonly name: string
  readonly layer: string
  readonly shape: readonly number[]
  readonly role: 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance'
  readonly isTrainable: boolean
  /** Inputs that one output adds up; 1 for what is not a kernel. */
  readonly fanIn: number
}

/** By name, in the shapes of `weightSpecs(network)`. */
export type Weights = Readonly<Record<string, Float32Array>>

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1)

/** The layer that a layer reads: named by `from`, else the one before, else the input image. */
export function sourceOf(network: Network, index: number): string {
  const layer = network.layers[index]!
  return layer.from ?? (index === 0 ? INPUT : network.layers[index - 1]!.name)
}

/** The second layer that a layer reads, of those that read two. */
export const otherOf = (layer: Layer): string | null => ('other' in layer ? layer.other : null)

/** The output shape of each layer by name, and of the image under `input`. Throws when layers don't fit
 *  each other. */
export function shapesOf(network: Network): ReadonlyMap<string, Shape> {
  const { size, channels } = network.input
  const shapes = new Map<string, Shape>([[INPUT, [size, size, channels]]])
  network.layers.forEach((layer, index) => {
    const source = shapes.get(sourceOf(network, index))
    if (!source)
      throw new Error(
        `${network.name}: ${layer.name} reads ${sourceOf(network, index)}, which is not an earlier ` +
          'layer',
      )
    if (shapes.has(layer.name)) throw new Error(`${network.name}: two layers are named ${layer.name}`)
    shapes.set(layer.name, outputShape(layer, source, shapes))
  })
  const last = network.layers.at(-1)
  if (last?.kind !== 'dense' || last.units !== network.classes)
    throw new Error(`${network.name}: the last layer must be dense with ${network.classes} units`)
  return shapes
}

function outputShape(layer: Layer, source: Shape, shapes: ReadonlyMap<string, Shape>): Shape {
  const wrong = (need: string): Error =>
    new Error(`${layer.name} (${layer.kind}) needs ${need} and gets [${source.join(', ')}]`)
  const [h, w, c] = source
  const isMap = h !== undefined && w !== undefined && c !== undefined
  switch (layer.kind) {
    case 'conv':
      if (!isMap) throw wrong('a feature map')
      if (layer.padding === 'valid' && Math.min(h, w) < layer.kernel)
        throw wrong(`a feature map of at least ${layer.kernel} × ${layer.kernel}`)
      return [reached(h, layer), reached(w, layer), layer.filters]
    case 'depthwise':
      if (!isMap) throw wrong('a feature map')
      if (layer.padding === 'valid' && Math.min(h, w) < layer.kernel)
        throw wrong(`a feature map of at least ${layer.kernel} × ${layer.kernel}`)
      return [reached(h, layer), reached(w, layer), c]
    case 'maxPool':
    case 'avgPool':
      if (!isMap || h < layer.size || w < layer.size)
        throw wrong(`a feature map of at least ${layer.size} × ${layer.size}`)
      return [Math.floor(h / layer.size), Math.floor(w / layer.size), c]
    case 'globalAvgPool':
      if (!isMap) throw wrong('a feature map')
      return [c]
    case 'flatten':
      return [sizeOf(source)]
    case 'dense':
      if (source.length !== 1) throw wrong('a flat vector (put flatten or globalAvgPool before it)')
      return [layer.units]
    case 'add': {
      const other = shapes.get(layer.other)
      if (!other || other.join() !== source.join()) throw wrong(`the same shape as ${layer.other}`)
      return source
    }
    case 'scaleChannels': {
      const factors = shapes.get(layer.other)
      if (!isMap || factors?.length !== 1 || factors[0] !== c)
        throw wrong(`a feature map with as many channels as ${layer.other} has factors`)
      return source
    }
    case 'concat': {
      const other = shapes.get(layer.other)
      if (source.length !== 1 || other?.length !== 1) throw wrong(`two flat vectors, also of ${layer.other}`)
      return [source[0]! + other[0]!]
    }
    case 'resize':
      if (!isMap) throw wrong('a feature map')
      return [layer.size, layer.size, c]
    case 'graph':
      return [layer.length]
    case 'batchNorm':
    case 'relu':
    case 'hardSigmoid':
    case 'hardSwish':
    case 'dropout':
      return source
  }
}

/** Places of a window along a side. */
const reached = (
  side: number,
  { kernel, stride, padding }: Extract<Layer, { kind: 'conv' | 'depthwise' }>,
): number => Math.ceil((padding === 'valid' ? side - kernel + 1 : side) / stride)

/** What follows from the layers of a network: computed once where more than one of these is needed. */
export type NetworkLayout = {
  readonly network: Network
  readonly shapes: ReadonlyMap<string, Shape>
  /** By index: the layers that a layer reads, the one of `sourceOf` first. */
  readonly sources: readonly (readonly [string, ...string[]])[]
  readonly specs: readonly WeightSpec[]
  readonly featureLength: number
  readonly graph: GraphFile | null
}

/** Throws when layers don't fit each other. */
export function layoutOf(network: Network): NetworkLayout {
  const shapes = shapesOf(network)
  const sources = network.layers.map((layer, index): readonly [string, ...string[]] => {
    const other = otherOf(layer)
    return [sourceOf(network, index), ...(other === null ? [] : [other])]
  })
  const featureLength = shapes.get(sources.at(-1)![0])![0]!
  return { network, shapes, sources, specs: specsOf(network, shapes), featureLength, graph: graphOf(network) }
}

/** Every tensor of the network in the order of its layers. */
export const weightSpecs = (network: Network): readonly WeightSpec[] => specsOf(network, shapesOf(network))

function specsOf(network: Network, shapes: ReadonlyMap<string, Shape>): readonly WeightSpec[] {
  return network.layers.flatMap((layer, index) => {
    const source = shapes.get(sourceOf(network, index))!
    const channels = source.at(-1)!
    const spec = (role: WeightSpec['role'], shape: readonly number[], fanIn = 1): WeightSpec => ({
      name: `${layer.name}/${role}`,
      layer: layer.name,
      shape,
      role,
      isTrainable: role !== 'mean' && role !== 'variance',
      fanIn,
    })
    const bias = (length: number): WeightSpec[] =>
      'bias' in layer && layer.bias ? [spec('bias', [length])] : []
    switch (layer.kind) {
      case 'conv':
        return [
          spec('kernel', [layer.kernel, layer.kernel, channels, layer.filters], layer.kernel ** 2 * channels),
          ...bias(layer.filters),
        ]
      case 'depthwise':
        return [
          spec('kernel', [layer.kernel, layer.kernel, channels, 1], layer.kernel ** 2),
          ...bias(channels),
        ]
      case 'dense':
        return [spec('kernel', [channels, layer.units], channels), ...bias(layer.units)]
      case 'batchNorm':
        return (['gamma', 'beta', 'mean', 'variance'] as const).map((role) => spec(role, [channels]))
      default:
        return []
    }
  })
}

/** Numbers in the file, running statistics included (as Keras counts "total parameters"). */
export const parameterCount = (network: Network): number =>
  weightSpecs(network).reduce((sum, spec) => sum + sizeOf(spec.shape), graphOf(network)?.parameters ?? 0)

/** The graph of another program that a network consists of, but for its last layer; null: all layers are our own. */
export function graphOf(network: Network): GraphFile | null {
  const graph = network.layers.find((layer) => layer.kind === 'graph')
  if (!graph) return null
  if (network.layers.length !== 2 || network.layers[0] !== graph)
    throw new Error(`${network.name}: a graph must be followed by the last layer and nothing else`)
  return graph
}

/** Floating-point operations of one answer for one image: two for each multiply-add of convolutions and dense
 *  layers. Those inside a graph of another program are unknown and not counted. */
export function flopsPerImage(network: Network): number {
  const shapes = shapesOf(network)
  return weightSpecs(network)
    .filter((spec) => spec.role === 'kernel')
    .reduce((sum, spec) => {
      const out = shapes.get(spec.layer)!
      const places = out.length === 3 ? out[0]! * out[1]! : 1
      return sum + 2 * places * sizeOf(spec.shape)
    }, 0)
}

/** Length of the penultimate vector: what familiarity and nearest neighbours are computed on. */
export function featureLength(network: Network): number {
  return shapesOf(network).get(sourceOf(network, network.layers.length - 1))![0]!
}
