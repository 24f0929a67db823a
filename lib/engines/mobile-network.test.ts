/** The real MobileNetV2 0.35 with its batch norm, if its files are available: frozen weights stay
 *  bit-identical. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import { frozenBelow } from '#lib/ml/network/upper-part.ts'
import { parameterCount, weightSpecs } from '#lib/ml/network/network.ts'
import { referenceAnswers, relativeError } from '#lib/ml/reference/step.ts'
import { enginesHere } from './engines.fakes.ts'

const MODELS = join(
  process.env['DARKROOM_REAL_DATA'] ?? join(import.meta.dirname, '../../../shared/data'),
  'models',
)
const folder = join(MODELS, 'mobilenet_v2_0.35_224_notop')
const isThere = existsSync(folder)
const SIZE = 64 // convolutions take any size; the reference in plain loops takes seconds at this one
const read = () =>
  fromForeignTfjs(
    readFileSync(join(folder, 'model.json'), 'utf8'),
    readFileSync(join(folder, 'weights.bin')),
    { size: SIZE },
  )

function batch(count: number) {
  const random = createRandom(3)
  return {
    count,
    pixels: new Float32Array(count * SIZE * SIZE * 3).map(() => normal(random) / 2),
    targets: new Float32Array(count * 2).map((_, i) => (i % 3 === 0 ? 1 : 0)),
  }
}

test.runIf(isThere)('MobileNetV2 has the published number of parameters, without its head', () => {
  const { network } = read()

  expect(parameterCount(network) - 2 * 1281).toBe(410_208)
})

for (const { name, engine } of isThere ? await enginesHere() : []) {
  afterAll(() => engine[Symbol.asyncDispose]())
  if (name === 'wasm') continue // the same graph as the standard layout, ten times slower
  test(`${name}: MobileNetV2's features equal the reference's`, async () => {
    const { network, weights } = read()
    const { pixels, count } = batch(1)

    await engine.load('mobile', { network, weights })
    const { features } = await engine.run('mobile', pixels, count)
    await engine.unload('mobile')

    expect(
      relativeError(features!, referenceAnswers(network, weights, { pixels, count }).features),
    ).toBeLessThan(1e-4)
  }, 60_000)

  test(`${name}: training the upper part of MobileNetV2 changes no bit of its frozen layers`, async () => {
    const { network, weights } = read()
    const frozenThrough = frozenBelow(network, 0.3)!
    await using learner = await engine.learner({
      network,
      weights,
      batch: 4,
      optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
      frozenThrough,
      batchNorm: 'frozen',
      precision: 'float32',
    })

    for (let step = 0; step < 3; step++) await learner.learn(batch(4), 0.01)

    const after = await learner.weights()
    const names = network.layers.map((layer) => layer.name)
    const moved: string[] = []
    for (const { name: tensor, layer, role } of weightSpecs(network)) {
      const isFrozen =
        names.indexOf(layer) <= names.indexOf(frozenThrough) || (role !== 'kernel' && role !== 'bias')
      const isEqual = after[tensor]!.every((value, i) => Object.is(value, weights[tensor]![i]))
      if (isFrozen) expect(isEqual, tensor).toBe(true)
      else if (!isEqual) moved.push(tensor)
    }
    expect(moved).toContain('logits/kernel')
    expect(moved).toContain('Conv_1/kernel')
  }, 60_000)
}
