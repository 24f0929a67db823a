import { expect, test } from 'vitest'
import { tinyNetworks } from '#lib/ml/network/networks.fakes.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { planIn } from '../plan.fakes.ts'
import type { RunPorts } from '../ports.ts'
import { fakeLoaded, SPEC } from './outputs.fakes.ts'
import { quantiseTrained } from './quantise-trained.ts'

const quantisable = tinyNetworks[0]!
const hardSwish: Network = {
  ...quantisable,
  layers: quantisable.layers.map((layer) =>
    layer.kind === 'relu' ? { ...layer, kind: 'hardSwish' } : layer,
  ),
}

/** A run that starts with a bundle that is not there, with predictions of so many images. */
async function quantised(network: Network, images: number) {
  const opened: string[] = []
  const { card, file } = await quantiseTrained(
    {
      plan: planIn('/nowhere', {
        classes: ['a', 'b', 'c'],
        start: { kind: 'version', version: 'v1', folder: '/nowhere/v1' },
        recipe: { kind: 'head', name: 'head', settings: {} as never },
        spec: SPEC,
      }),
      images: {} as never,
      trained: {} as never,
      saved: { network, weights: {} },
      measurement: {
        answered: [
          {
            logits: { values: new Float32Array(images * 3), count: images, classes: 3 },
            labels: new Int32Array(images),
          },
        ],
      } as never,
      loaded: fakeLoaded(),
      measureAs: async () => {
        throw new Error('nothing is measured')
      },
    },
    {
      engine: { name: 'tfjs-node' },
      openInt8Engine: async () => {
        opened.push('an engine for int8')
        return null
      },
    } as unknown as RunPorts,
  )
  return { reason: card.reason, file, opened }
}

test('neither the start bundle is read nor an engine opened for a network that stays float32', async () => {
  const { reason, file, opened } = await quantised(hardSwish, 1_000)

  expect(reason).toMatch(/hard-swish/)
  expect(file).toBeNull()
  expect(opened).toEqual([])
})

test('neither the start bundle is read nor an engine opened where there are too few images', async () => {
  const { reason, opened } = await quantised(quantisable, 199)

  expect(reason).toMatch(/199 images/)
  expect(opened).toEqual([])
})
