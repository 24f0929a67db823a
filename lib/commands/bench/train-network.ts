/**
 * The network and the images that every trainer of `bench -- train` gets: six convolutions and two dense
 * layers, each without bias and followed by batch norm and ReLU, no dropout. The images are noise, which
 * costs as much to train on as any other.
 */
import type { Batch } from '#lib/ml/learn/learner.ts'
import type { Layer, Network } from '#lib/ml/network/network.ts'
import { createRandom } from '#lib/ml/random.ts'

const FILTERS = [32, 64, 128] // two convolutions of each, then a max pool
const UNITS = [256, 128]
const CLASSES = 10

/**
 * Images of an epoch: the same number for trainers that receive batches as for those that receive all at
 * once.
 */
export const IMAGES = 1024

/** Adam's usual rate. */
export const RATE = 1e-3

/**
 * 848,234 parameters: the 849,066 of the earlier projects' network less its 832 biases before batch norm,
 * which cancels them.
 */
export const benchNetwork: Network = {
  name: 'bench',
  input: { size: 32, channels: 3 },
  classes: CLASSES,
  layers: [
    ...FILTERS.flatMap((filters, stage): Layer[] => [
      ...['a', 'b'].flatMap((which) =>
        normalised({ name: `conv${stage + 1}${which}`, kind: 'conv', kernel: 3, filters, stride: 1 }),
      ),
      { name: `pool${stage + 1}`, kind: 'maxPool', size: 2 },
    ]),
    { name: 'flat', kind: 'flatten' },
    ...UNITS.flatMap((units, i) => normalised({ name: `dense${i + 1}`, kind: 'dense', units, bias: false })),
    { name: 'logits', kind: 'dense', units: CLASSES, bias: true },
  ],
}

function normalised(layer: Layer): Layer[] {
  return [
    layer,
    { name: `${layer.name}-norm`, kind: 'batchNorm' },
    { name: `${layer.name}-relu`, kind: 'relu' },
  ]
}

/** `count` seeded images with one class each. */
export function noiseImages(count: number): Batch {
  const random = createRandom(1)
  const pixels = new Float32Array(count * benchNetwork.input.size ** 2 * benchNetwork.input.channels).map(
    random,
  )
  const targets = new Float32Array(count * CLASSES)
  for (let i = 0; i < count; i++) targets[i * CLASSES + Math.floor(random() * CLASSES)] = 1
  return { pixels, targets, count }
}

/** The same images in equal batches, not copied; an incomplete last batch is dropped. */
export function inBatches({ pixels, targets, count }: Batch, size: number): readonly Batch[] {
  const perImage = pixels.length / count
  return Array.from({ length: Math.floor(count / size) }, (_, i) => ({
    count: size,
    pixels: pixels.subarray(i * size * perImage, (i + 1) * size * perImage),
    targets: targets.subarray(i * size * CLASSES, (i + 1) * size * CLASSES),
  }))
}
