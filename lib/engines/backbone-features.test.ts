/** The default pretrained network with its real weights, where it is installed: every engine gives the features that
 *  PyTorch computes (lib/ml/network/fixtures/mobilenet-small.py). */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { enginesHere } from './engines.fakes.ts'

const ROOT = join(import.meta.dirname, '../..')
/** `npm run backbone -- fetch --installation` puts it there. */
const folder = join(ROOT, '.pretrained/mobilenet-v3-small/v1')
const isThere = existsSync(folder)
const fixture: { readonly package: { readonly size: number; readonly features: readonly number[] } } =
  JSON.parse(readFileSync(join(ROOT, 'lib/ml/network/fixtures/mobilenet-small.json'), 'utf8'))

for (const { name, engine } of isThere ? await enginesHere() : []) {
  afterAll(() => engine[Symbol.asyncDispose]())

  test(`${name}: the features of MobileNetV3-Small are PyTorch's within 0.001`, async () => {
    const { network, weights } = await readBundle(folder)
    const { size, features: expected } = fixture.package
    const pixels = Float32Array.from({ length: size * size * 3 }, (_, i) => Math.sin(i * 0.7 + 1))

    await engine.load('standard', { network, weights })
    const { features } = await engine.run('standard', pixels, 1)
    await engine.unload('standard')

    const mobile = features!.subarray(featureLength(network) - expected.length)
    expect(Math.max(...expected.map((value, i) => Math.abs(value - mobile[i]!)))).toBeLessThan(1e-3)
  }, 60_000)
}

test.runIf(isThere)('it has the features of both networks', async () => {
  const { network, preprocess } = await readBundle(folder)

  expect(featureLength(network)).toBe(384 + 48 + 96 + 576)
  expect(preprocess.size).toBe(fixture.package.size)
})
