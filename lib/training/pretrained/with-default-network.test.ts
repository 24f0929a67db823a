import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { liveWeights, someBatch, tinyNetworks } from '#lib/ml/network/networks.fakes.ts'
import { referenceAnswers, relativeError } from '#lib/ml/reference/step.ts'
import { withDefaultNetwork } from './with-default-network.ts'
import { preprocessOf } from './onnx/normalisation.ts'
import { ORIGIN } from './onnx/vit.fakes.ts'
import { savePretrained } from './save-pretrained.ts'

const standard = tinyNetworks.find(({ name }) => name.startsWith('squeeze-and-excitation, hard'))!
const stronger = tinyNetworks.find(({ name }) => name.startsWith('a residual branch before'))!
const weights = liveWeights(stronger, 2)

const colour = ({ input: { size } }: Network) => ({ size, channels: 3 }) as const

async function saved(network: Network): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-with-default-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const about = { name: 'standard', title: 'Standard', trainedOn: 'nothing', source: 'A test.', settings: {} }
  const place = await savePretrained(
    folder,
    {
      ...about,
      network,
      weights: liveWeights(network, 1),
      preprocess: preprocessOf(colour(network), 'imagenet'),
    },
    ORIGIN,
  )
  return join(place, 'v1')
}

test('the features are those of both networks, each on pixels as it takes them', async () => {
  const folder = await saved(standard)

  const both = (await withDefaultNetwork(
    { network: stronger, weights, preprocess: preprocessOf(colour(stronger), '-1..1') },
    folder,
  ))!

  const image = someBatch(both.network, 1, 3)
  const { features } = referenceAnswers(both.network, both.weights, image)
  const first = await readBundle(folder)
  const ofDefault = referenceAnswers(first.network, first.weights, image).features
  expect(both.preprocess).toEqual(first.preprocess)
  expect(relativeError(features.subarray(0, ofDefault.length), ofDefault)).toBeLessThan(1e-5)
  expect(
    both.network.layers.some(({ name, kind }) => name === 'stronger.pixels' && kind === 'batchNorm'),
  ).toBe(true)
})

test('white, grey and black are the same for the other network as when it is alone', async () => {
  const spec = preprocessOf(colour(stronger), '-1..1')
  const both = (await withDefaultNetwork(
    { network: stronger, weights, preprocess: spec },
    await saved(standard),
  ))!
  const { size, channels } = both.network.input
  const flat = (byte: number, { mean, std }: typeof spec, side: number) => ({
    pixels: Float32Array.from(
      { length: side * side * channels },
      (_, i) => (byte / 255 - mean[i % 3]!) / std[i % 3]!,
    ),
    count: 1,
  })

  for (const byte of [0, 128, 255]) {
    const alone = referenceAnswers(stronger, weights, flat(byte, spec, stronger.input.size)).features
    const { features } = referenceAnswers(both.network, both.weights, flat(byte, both.preprocess, size))
    expect(relativeError(features.subarray(-alone.length), alone)).toBeLessThan(1e-4)
  }
})

test('networks of other channels, or that are not in layers, stay alone', async () => {
  const grey = tinyNetworks.find(({ input }) => input.channels === 1)!
  const folder = await saved(standard)

  expect(
    await withDefaultNetwork(
      {
        network: grey,
        weights: {},
        preprocess: preprocessOf({ size: grey.input.size, channels: 1 }, '0..1'),
      },
      folder,
    ),
  ).toBeNull()
})
