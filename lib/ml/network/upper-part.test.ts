import { expect, test } from 'vitest'
import { backboneNetwork } from '../recipes/backbone.ts'
import { frozenBelow } from './upper-part.ts'

const network = backboneNetwork(96, 5) // stem, 8 convolutions, head: 10 layers with kernels

test.each([
  ['a tenth: only the last layer is trained', 0.1, 'pool'],
  ['zero is not possible: the last layer is trained', 0, 'pool'],
  ['a fifth: the last convolution is trained too', 0.2, 'stage3-pool'],
  ['all: no layer stays frozen', 1, undefined],
])('%s', (_, share, expected) => expect(frozenBelow(network, share)).toBe(expected))
