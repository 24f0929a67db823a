/** Networks for pictures of 32 pixels when accuracy matters more than minutes: a first convolution to be whitened, then three stages of two
 *  3 × 3 convolutions, each stage halving the map between them. It is data; the recipes that use it say how it learns. */
import type { Layer, Network } from '../network.ts'

/** Directions of 3 × 3 patches of colour, and their negatives (whitening.ts). */
const FIRST_FILTERS = 32

/** @param widths filters of the three stages. Source of the layout: K. Jordan 2024 (arXiv:2404.00498), § 3.1. */
export function wideNetwork(widths: readonly [number, number, number]): (input: { size: number; channels: number }, classes: number) => Network {
  return (input, classes) => ({
    name: `wide-${widths.join('-')}-${input.size}x${input.channels}`,
    input,
    classes,
    layers: [
      ...convolution('first', FIRST_FILTERS),
      ...widths.flatMap((filters, stage): Layer[] => [
        ...convolution(`conv${stage + 1}a`, filters),
        { name: `pool${stage + 1}`, kind: 'maxPool', size: 2 },
        ...convolution(`conv${stage + 1}b`, filters),
      ]),
      { name: 'pool', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: classes, bias: true },
    ],
  })
}

const convolution = (name: string, filters: number): Layer[] => [
  { name, kind: 'conv', kernel: 3, filters, stride: 1 },
  { name: `${name}-norm`, kind: 'batchNorm' },
  { name: `${name}-relu`, kind: 'relu' },
]
