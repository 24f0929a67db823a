/** The default pretrained network with its real weights, where it is installed: every engine gives the features that
 *  PyTorch computes (lib/ml/network/fixtures/mobilenet-small.py). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { BACKBONE_EDITION } from '#lib/training/pretrained/backbone-package.ts'
import { enginesHere } from './engines.fakes.ts'

const ROOT = join(import.meta.dirname, '../..')
/** `npm run backbone -- fetch --installation` puts it there. */
const folder = join(ROOT, '.pretrained/mobilenet-v3-small/v1')
const stamp = join(ROOT, '.pretrained/stamp.json')
/** One that was installed before has other features. */
const isThere =
  existsSync(folder) &&
  existsSync(stamp) &&
  JSON.parse(readFileSync(stamp, 'utf8')).edition === BACKBONE_EDITION
const fixture: { readonly package: { readonly size: number; readonly features: readonly number[] } } =
  JSON.parse(readFileSync(join(ROOT, 'lib/ml/network/fixtures/mobilenet-small.json'), 'utf8'))

/** The layers up to MobileNetV3-Small's features of the whole image, with a last layer on them. */
function wholeOf(network: Network, weights: Weights): { network: Network; weights: Weights } {
  const until = network.layers.findIndex(({ name }) => name === 'mobile.whole.features')
  const last = { name: 'logits', kind: 'dense', units: network.classes, bias: true } as const
  const kernel = new Float32Array(fixture.package.features.length * network.classes)
  return {
    network: { ...network, layers: [...network.layers.slice(0, until + 1), last] },
    weights: { ...weights, 'logits/kernel': kernel },
  }
}

for (const { name, engine } of isThere ? await enginesHere() : []) {
  afterAll(() => engine[Symbol.asyncDispose]())

  test(`${name}: the features of MobileNetV3-Small are PyTorch's within 0.001`, async () => {
    const { network, weights } = await readBundle(folder)
    const whole = wholeOf(network, weights)
    const { size, features: expected } = fixture.package
    const pixels = Float32Array.from({ length: size * size * 3 }, (_, i) => Math.sin(i * 0.7 + 1))

    await engine.load('standard', whole)
    const { features } = await engine.run('standard', pixels, 1)
    await engine.unload('standard')

    expect(Math.max(...expected.map((value, i) => Math.abs(value - features![i]!)))).toBeLessThan(1e-3)
  }, 60_000)
}

test.runIf(isThere)('it has the features of both networks', async () => {
  const { network, preprocess } = await readBundle(folder)

  expect(featureLength(network)).toBe(384 + 48 + 96 + 576)
  expect(preprocess.size).toBe(fixture.package.size)
})
