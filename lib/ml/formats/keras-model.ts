/** Converts a Keras model, given by its configuration and weights (a `.h5` file, or the layers format of
 *  TensorFlow.js), to an equivalent Darkroom network. It reads no file, and a layer that Darkroom does not
 *  support is refused with its name. Longer than 300 lines because it is one table: each Keras layer and its
 *  equivalent. */
import { messageOf, type DarkroomError } from '#lib/domain/errors.ts'
import type { KerasLayer } from '#lib/contracts/model-files.ts'
import { cannotImport, flat, NESTED_OUTPUT, sourcesOf } from './keras-config.ts'
import { EPSILON } from '../network/kernels.ts'
import {
  INPUT,
  shapesOf,
  sizeOf,
  type Layer,
  type Network,
  type Shape,
  type Weights,
} from '../network/network.ts'

/** The values of one tensor of a layer by Keras' name for it (`kernel`, `moving_mean`); undefined when the
 *  file has none. */
export type KerasWeights = (layer: string, tensor: string) => Float32Array | undefined

export type KerasModel = {
  readonly network: Network
  readonly weights: Weights
  /** Of Rescaling layers at the start: value = byte × scale + offset; null when the model has none. */
  readonly rescaling: { readonly scale: number; readonly offset: number } | null
}

const HEAD = 'logits'
const POOL = 'pooled' // for a model that ends in feature maps (include_top=False in Keras)
const NO_CLASSES = 2 // of the head added to a model without one; it is replaced before training

/** @param config what Keras calls `config` of a Sequential or Model; nested models are flattened.
 *  @param size the side of the images, when it differs from the model's own: convolutions accept any. */
export function fromKeras(
  config: KerasLayer,
  weightOf: KerasWeights,
  { size }: { readonly size?: number } = {},
): KerasModel {
  const converter = new KerasConverter(weightOf, size)
  flat(config).forEach((layer) => converter.lay(layer))
  return converter.finished()
}

/** Whether the classes were left out when it was saved (include_top=False), so that its last layer was added here. */
export function isWithoutHead({ network, weights }: KerasModel): boolean {
  return (
    network.layers.at(-1)?.name === HEAD && (weights[`${HEAD}/kernel`] ?? []).every((value) => value === 0)
  )
}

class KerasConverter {
  readonly #weightOf: KerasWeights
  readonly #size: number | undefined
  readonly #layers: Layer[] = []
  readonly #weights: Record<string, Float32Array> = {}
  /** Our layer that computes the output of a Keras layer: some become several, some none. */
  readonly #outputs = new Map<string, string>()
  readonly #shapes = new Map<string, Shape>()
  #input: { size: number; channels: number } | null = null
  #last = INPUT
  #padding: { readonly of: string; readonly by: readonly [number, number] } | null = null
  #rescaling: { scale: number; offset: number } | null = null
  #isFinal = false

  constructor(weightOf: KerasWeights, size: number | undefined) {
    this.#weightOf = weightOf
    this.#size = size
  }

  lay(layer: KerasLayer): void {
    const { config } = layer
    const name = String(config['name'] ?? layer.name)
    const refuse = (why: string): DarkroomError =>
      cannotImport(`its layer "${name}" (${layer.class_name}) ${why}`)
    if (layer.class_name === NESTED_OUTPUT) {
      this.#outputs.set(name, this.#outputs.get(String(config['output'])) ?? this.#last)
      return
    }
    if (this.#isFinal) throw refuse('follows the layer that gives the probabilities')
    this.#takeInput(config, refuse)
    if (layer.class_name === 'InputLayer') {
      // that of a nested model reads what is before the model
      const [outer] = sourcesOf(layer)
      this.#outputs.set(name, (outer === undefined ? undefined : this.#outputs.get(outer)) ?? this.#last)
      return
    }
    const sources = sourcesOf(layer).map(
      (source) => this.#outputs.get(source) ?? this.#unknown(source, refuse),
    )
    const from = sources[0] ?? this.#last
    this.#layOne({ name, kind: layer.class_name, config, from, other: sources[1], refuse })
    this.#outputs.set(name, this.#last)
  }

  finished(): KerasModel {
    const input = this.#input
    if (!input) throw cannotImport('it does not define its input size')
    const last = this.#layers.at(-1)
    if (this.#shape(this.#last).length === 3)
      this.#push({ name: POOL, kind: 'globalAvgPool', from: this.#last })
    if (last?.kind !== 'dense')
      this.#push(
        { name: HEAD, kind: 'dense', units: NO_CLASSES, bias: true, from: this.#last },
        {
          kernel: new Float32Array(this.#channels(this.#last) * NO_CLASSES),
          bias: new Float32Array(NO_CLASSES),
        },
      )
    const head = this.#layers.at(-1)
    const network: Network = {
      name: `keras-${input.size}x${input.channels}`,
      input,
      classes: head?.kind === 'dense' ? head.units : 0,
      layers: this.#layers,
    }
    try {
      shapesOf(network)
    } catch (cause) {
      throw cannotImport(messageOf(cause))
    }
    return { network, weights: this.#weights, rescaling: this.#rescaling }
  }

  #layOne(layer: KerasLayerSource): void {
    const { name, kind, config, from, refuse } = layer
    switch (kind) {
      case 'Conv2D':
      case 'DepthwiseConv2D':
        return this.#convolution(layer)
      case 'SeparableConv2D':
        return this.#separable(layer)
      case 'Normalization':
        return this.#normalization(layer)
      case 'Resizing':
        return this.#resizing(layer)
      case 'Dense':
        return this.#dense(layer)
      case 'BatchNormalization':
        return this.#batchNorm(layer)
      case 'ReLU': {
        if (Number(config['negative_slope'] ?? 0) !== 0 || Number(config['threshold'] ?? 0) !== 0)
          throw refuse('has a slope or a threshold')
        const most = config['max_value']
        return this.#push({ name, kind: 'relu', from, ...(typeof most === 'number' ? { most } : {}) })
      }
      case 'Activation':
        return this.#activation(layer)
      case 'Softmax':
        return this.#activation({ ...layer, config: { activation: 'softmax' } })
      case 'Add': {
        if (layer.other === undefined) throw refuse('adds something other than two feature maps')
        return this.#push({ name, kind: 'add', from, other: layer.other })
      }
      case 'MaxPooling2D':
      case 'AveragePooling2D':
        return this.#pool(layer)
      case 'GlobalAveragePooling2D':
        return this.#push({ name, kind: 'globalAvgPool', from })
      case 'Flatten':
        return this.#push({ name, kind: 'flatten', from })
      case 'ZeroPadding2D': {
        const [[before, after] = [0, 0], [left, right] = [0, 0]] = config['padding'] as number[][]
        if (before !== left || after !== right) throw refuse('pads its sides differently')
        this.#padding = { of: from, by: [before!, after!] }
        this.#last = from
        return
      }
      case 'Rescaling': {
        const [scale, offset] = [config['scale'], config['offset'] ?? 0]
        if (from !== INPUT || typeof scale !== 'number' || typeof offset !== 'number')
          throw refuse('scales by something other than one factor for the whole image')
        const before = this.#rescaling ?? { scale: 1, offset: 0 }
        this.#rescaling = { scale: before.scale * scale, offset: before.offset * scale + offset }
        this.#last = from
        return
      }
      case 'Dropout':
      case 'SpatialDropout2D': // differs only in training, so it is dropped
      case 'RandomFlip':
      case 'RandomRotation':
      case 'RandomZoom':
      case 'RandomTranslation':
      case 'RandomContrast':
      case 'RandomBrightness':
        if (kind === 'Dropout')
          return this.#push({ name, kind: 'dropout', rate: Number(config['rate'] ?? 0), from })
        this.#last = from
        return
      default:
        throw refuse('is of an unsupported type')
    }
  }

  #convolution({ name, kind, config, from, refuse }: KerasLayerSource): void {
    const square = (key: string): number => {
      const [a, b] = config[key] as [number, number]
      if (a !== b) throw refuse(`is not square: ${key} ${a} × ${b}`)
      return a
    }
    const [kernel, stride] = [square('kernel_size'), square('strides')]
    if (config['dilation_rate'] && square('dilation_rate') !== 1) throw refuse('is dilated')
    if (Number(config['groups'] ?? 1) !== 1 || Number(config['depth_multiplier'] ?? 1) !== 1)
      throw refuse('uses groups')
    if (config['data_format'] === 'channels_first') throw refuse('uses channels-first order')
    const padding = this.#paddingOf({ kernel, stride, from, isSame: config['padding'] === 'same', refuse })
    const isDepthwise = kind === 'DepthwiseConv2D'
    const tensor = isDepthwise
      ? (this.#weightOf(name, 'depthwise_kernel') ?? this.#tensor(name, 'kernel', refuse))
      : this.#tensor(name, 'kernel', refuse)
    const layer: Layer = isDepthwise
      ? { name, kind: 'depthwise', kernel, stride, from, ...padding }
      : { name, kind: 'conv', kernel, filters: Number(config['filters']), stride, from, ...padding }
    this.#push(layer, { kernel: tensor })
    if (config['use_bias'] !== false) this.#shift(`${name}-bias`, this.#tensor(name, 'bias', refuse))
    this.#ownActivation({ name, config, refuse })
  }

  /** A depthwise convolution, and one of 1 × 1 pixels that has the bias and the activation. */
  #separable(layer: KerasLayerSource): void {
    const { name, config, refuse } = layer
    const linear = { activation: 'linear', use_bias: false }
    this.#convolution({ ...layer, kind: 'DepthwiseConv2D', config: { ...config, ...linear } })
    const filters = Number(config['filters'])
    const kernel = this.#tensor(name, 'pointwise_kernel', refuse)
    this.#push(
      { name: `${name}-points`, kind: 'conv', kernel: 1, filters, stride: 1, from: this.#last },
      { kernel },
    )
    if (config['use_bias'] !== false) this.#shift(`${name}-bias`, this.#tensor(name, 'bias', refuse))
    this.#activation({ ...layer, name: `${name}-activation`, from: this.#last, other: undefined })
  }

  /** (x − mean) / √variance of each channel, as a batch norm: of its configuration, or as it was adapted to data. */
  #normalization({ name, config, from, refuse }: KerasLayerSource): void {
    const channels = this.#shape(from).at(-1)!
    const valuesOf = (key: 'mean' | 'variance'): Float32Array => {
      const stated = [config[key] ?? []].flat(9).map(Number)
      const values = stated.length > 0 ? Float32Array.from(stated) : this.#tensor(name, key, refuse)
      if (values.length === 1) return new Float32Array(channels).fill(values[0]!)
      if (values.length !== channels) throw refuse(`has ${values.length} values for ${channels} channels`)
      return values
    }
    if (config['invert'] === true) throw refuse('inverts')
    const variance = valuesOf('variance')
    if (variance.some((value) => !(value > 0))) throw refuse('has a channel with a variance of 0')
    this.#push(
      { name, kind: 'batchNorm', from },
      {
        gamma: new Float32Array(channels).fill(1),
        beta: new Float32Array(channels),
        mean: valuesOf('mean'),
        variance: variance.map((value) => value - EPSILON),
      },
    )
  }

  /** The size of the network is what its images are resized to here, too. */
  #resizing({ config, from, refuse }: KerasLayerSource): void {
    const [height, width] = [config['height'], config['width']]
    if (from !== INPUT || typeof height !== 'number' || height !== width)
      throw refuse('resizes something other than the image to a square')
    const { channels } = this.#input ?? { channels: 3 }
    this.#input = { size: this.#size ?? height, channels }
    this.#shapes.set(INPUT, [this.#input.size, this.#input.size, channels])
    this.#last = from
  }

  /** A bias as a batch norm without other effect: frozen, it does not change; in training it is trained on. */
  #shift(name: string, bias: Float32Array): void {
    const filled = (value: number) => new Float32Array(bias.length).fill(value)
    this.#push(
      { name, kind: 'batchNorm', from: this.#last },
      { gamma: filled(1), beta: bias, mean: filled(0), variance: filled(1 - EPSILON) },
    )
  }

  /** Ours pads like Keras' "same"; a padding layer before a "valid" window can be equivalent to it. */
  #paddingOf({
    kernel,
    stride,
    from,
    isSame,
    refuse,
  }: {
    kernel: number
    stride: number
    from: string
    isSame: boolean
    refuse: KerasLayerSource['refuse']
  }): { readonly padding?: 'valid' } {
    const padded = this.#padding?.of === from ? this.#padding.by : null
    this.#padding = null
    if (isSame) {
      if (padded) throw refuse('is padded twice')
      return {}
    }
    const height = this.#shape(from)[0]!
    const total = Math.max(0, (Math.ceil(height / stride) - 1) * stride + kernel - height)
    const same = [total >> 1, total - (total >> 1)]
    if (padded ? padded[0] === same[0] && padded[1] === same[1] : total === 0) return {}
    if (padded) throw refuse('is padded by other widths than "same"')
    return { padding: 'valid' }
  }

  #dense({ name, config, from, refuse }: KerasLayerSource): void {
    const units = Number(config['units'])
    const kernel = this.#tensor(name, 'kernel', refuse)
    const bias = config['use_bias'] === false ? null : this.#tensor(name, 'bias', refuse)
    if (config['activation'] === 'sigmoid' && units === 1) {
      // σ(z) is the second of softmax(0, z)
      const two = (values: Float32Array): Float32Array =>
        Float32Array.from({ length: values.length * 2 }, (_, i) => (i % 2 === 0 ? 0 : values[i >> 1]!))
      this.#push(
        { name, kind: 'dense', units: 2, bias: bias !== null, from },
        { kernel: two(kernel), ...(bias ? { bias: two(bias) } : {}) },
      )
      this.#isFinal = true
      return
    }
    this.#push(
      { name, kind: 'dense', units, bias: bias !== null, from },
      { kernel, ...(bias ? { bias } : {}) },
    )
    this.#ownActivation({ name, config, refuse })
  }

  /** Keras' ε differs from ours: the difference is added to the variance, so that √(variance + ε) stays the same. */
  #batchNorm({ name, config, from, refuse }: KerasLayerSource): void {
    const variance = this.#tensor(name, 'moving_variance', refuse).map(
      (value) => value + Number(config['epsilon'] ?? EPSILON) - EPSILON,
    )
    const filled = (value: number) => new Float32Array(variance.length).fill(value)
    this.#push(
      { name, kind: 'batchNorm', from },
      {
        gamma: config['scale'] === false ? filled(1) : this.#tensor(name, 'gamma', refuse),
        beta: config['center'] === false ? filled(0) : this.#tensor(name, 'beta', refuse),
        mean: this.#tensor(name, 'moving_mean', refuse),
        variance,
      },
    )
  }

  #pool({ name, kind, config, from, refuse }: KerasLayerSource): void {
    const [size, wide] = config['pool_size'] as [number, number]
    const [down, right] = (config['strides'] ?? config['pool_size']) as [number, number]
    const side = this.#shape(from)[0]!
    if (size !== wide || size !== down || size !== right)
      throw refuse('pools windows that are not square or that overlap')
    if (config['padding'] === 'same' && side % size !== 0)
      throw refuse(`pads ${side} pixels to windows of ${size}`)
    this.#push({ name, kind: kind === 'MaxPooling2D' ? 'maxPool' : 'avgPool', size, from })
  }

  /** The activation that a convolution or dense layer states itself. */
  #ownActivation({ name, config, refuse }: Pick<KerasLayerSource, 'name' | 'config' | 'refuse'>): void {
    this.#activation({
      name: `${name}-activation`,
      kind: 'Activation',
      config,
      from: this.#last,
      other: undefined,
      refuse,
    })
  }

  #activation({ name, config, from, refuse }: KerasLayerSource): void {
    switch (config['activation'] ?? 'linear') {
      case 'linear':
        return
      case 'relu':
        return this.#push({ name, kind: 'relu', from })
      case 'relu6':
        return this.#push({ name, kind: 'relu', most: 6, from })
      case 'softmax': {
        if (this.#layers.at(-1)?.kind !== 'dense')
          throw refuse('gives probabilities without a dense layer before it')
        this.#isFinal = true
        return
      }
      default:
        throw refuse(`has the activation "${String(config['activation'])}"`)
    }
  }

  #takeInput(config: Readonly<Record<string, unknown>>, refuse: KerasLayerSource['refuse']): void {
    const shape = (config['batch_input_shape'] ?? config['batch_shape']) as
      readonly (number | null)[] | undefined
    if (!shape || this.#input) return
    const [, height, width, channels] = shape
    const size = this.#size ?? height
    if (typeof size !== 'number' || (height !== width && this.#size === undefined))
      throw refuse(`takes images of ${String(height)} × ${String(width)}, which is not a fixed square`)
    if (channels !== 1 && channels !== 3)
      throw refuse(`takes images with ${String(channels)} channels instead of 1 or 3`)
    this.#input = { size, channels }
    this.#shapes.set(INPUT, [size, size, channels])
  }

  #push(layer: Layer, tensors: Readonly<Record<string, Float32Array>> = {}): void {
    const input = this.#input
    if (!input) throw cannotImport('its first layer does not define the input size')
    // a nested model may repeat a name, and weights are found by name
    if (this.#layers.some(({ name }) => name === layer.name))
      throw cannotImport(`two of its layers have the name "${layer.name}"`)
    this.#layers.push(layer)
    for (const [role, values] of Object.entries(tensors)) this.#weights[`${layer.name}/${role}`] = values
    this.#last = layer.name
  }

  #shape(name: string): Shape {
    if (name === INPUT) return this.#shapes.get(INPUT)!
    const until = this.#layers.slice(0, this.#layers.findIndex((layer) => layer.name === name) + 1)
    const probe: Layer[] = [
      ...until,
      ...(shapeIsMap(until) ? [{ name: 'probe-flat', kind: 'flatten' } as const] : []),
      { name: 'probe', kind: 'dense', units: 1, bias: false },
    ]
    return shapesOf({ name: 'keras', input: this.#input!, classes: 1, layers: probe }).get(name)!
  }

  #channels(name: string): number {
    return sizeOf(this.#shape(name))
  }

  #tensor(layer: string, tensor: string, refuse: KerasLayerSource['refuse']): Float32Array {
    return this.#weightOf(layer, tensor) ?? this.#missing(tensor, refuse)
  }

  #missing(tensor: string, refuse: KerasLayerSource['refuse']): never {
    throw refuse(`has no values for ${tensor} in the file`)
  }

  #unknown(source: string, refuse: KerasLayerSource['refuse']): never {
    throw refuse(`reads "${source}", which is not an earlier layer`)
  }
}

type KerasLayerSource = {
  readonly name: string
  readonly kind: string
  readonly config: Readonly<Record<string, unknown>>
  readonly from: string
  readonly other: string | undefined
  readonly refuse: (why: string) => DarkroomError
}

const shapeIsMap = (layers: readonly Layer[]): boolean =>
  !layers.some((layer) => layer.kind === 'globalAvgPool' || layer.kind === 'flatten')
