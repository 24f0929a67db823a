/** Networks for when accuracy matters more than minutes: a first convolution that can be whitened, then three
 *  stages of two 3 × 3 convolutions, each stage halving the map between them. It is data; the recipes define
 *  the training. */
import type { Layer, Network } from '../network/network.ts'

/** Directions of colour patches, and their negatives (whitening.ts). */
const FIRST_FILTERS = 32
/** Larger images are halved by the first convolution, which enlarges its receptive field. */
const SMALL = 40

/** @param widths filters of the three stages. Source of the layout: K. Jordan 2024 (arXiv:2404.00498), § 3.1. */
export function wideNetwork(
  widths: readonly [number, number, number],
): (input: { size: number; channels: number }, classes: number) => Network {
  return (input, classes) => ({
    name: `wide-${widths.join('-')}-${input.size}x${input.channels}`,
    input,
    classes,
    layers: [
      ...convolution('first', FIRST_FILTERS, input.size > SMALL ? { kernel: 5, stride: 2 } : {}),
      ...widths.flatMap((filters, stage): Layer[] => [
        ...convolution(`conv${stage + 1}a`, filters, { pool: `pool${stage + 1}` }),
        ...convolution(`conv${stage + 1}b`, filters),
      ]),
      { name: 'pool', kind: 'globalAvgPool' },
      { name: 'logits', kind: 'dense', units: classes, bias: true },
    ],
  })
}

type ConvolutionOptions = { readonly kernel?: number; readonly stride?: number; readonly pool?: string }

/** Pooled before normalisation, which then has a quarter of the values to process. */
const convolution = (
  name: string,
  filters: number,
  { kernel = 3, stride = 1, pool }: ConvolutionOptions = {},
): Layer[] => [
  { name, kind: 'conv', kernel, filters, stride },
  ...(pool === undefined ? [] : [{ name: pool, kind: 'maxPool', size: 2 } as const]),
  { name: `${name}-norm`, kind: 'batchNorm' },
  { name: `${name}-relu`, kind: 'relu' },
]
