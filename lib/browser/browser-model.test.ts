import * as tf from '@tensorflow/tfjs'
import { afterEach, expect, test } from 'vitest'
import { chanceOf } from '#lib/domain/evaluation/conformal.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { decode } from '#lib/images/decode.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { answerOf } from '#lib/serving/prediction-result.ts'
import { describeForBrowser, fileForBrowser } from '#lib/training/versions/browser-model.ts'
import { openBrowserModel, type BrowserModel } from './browser-model.ts'

const HASH = 'a'.repeat(64)
const opened: BrowserModel[] = []
afterEach(() => opened.splice(0).forEach((model) => model.dispose()))

/** A shipped version in tfjs' plain backend; the golden images, which a page decodes, are compared by the tests. */
async function inBrowser(classifierId: string): Promise<BrowserModel> {
  const version = { id: '', classifierId, name: 'v1', folder: `${ROOT}/models/${classifierId}/v1` }
  const about = await describeForBrowser(version, { title: classifierId, engine: '' })
  const bytesOf = async (file: 'weights' | 'reference') => {
    const { bytes } = await fileForBrowser(version, file)
    return new Uint8Array(bytes as Uint8Array).buffer // of a file in memory
  }
  const files = {
    weights: await bytesOf('weights'),
    reference: about.reference && (await bytesOf('reference')),
  }
  const model = await openBrowserModel(tf, { ...about, golden: [] }, files, ['cpu'])
  opened.push(model)
  return model
}

test.each(['shapes', 'mnist'])('a browser answers as the server does: %s', async (classifierId) => {
  const folder = `${ROOT}/models/${classifierId}/v1`
  const { golden, classes, card } = await readBundle(folder)
  const model = await inBrowser(classifierId)
  await using engine = await openEngine('onnx', 'inference', { threads: 1 })
  const server = loadedModels(engine, 'float32')
  await server.load({ key: 'v', folder })

  for (const { png } of golden.inputs.slice(0, 2)) {
    const bytes = Buffer.from(png, 'base64')
    const [output] = (await server.infer({ key: 'v', images: [bytes], maxPixels: 1e6, wantsFeatures: false }))
      .images
    if (!output?.ok) throw new Error('the server could not read the image')
    const expected = answerOf(output, { classes, card }, { topK: 3, hash: () => HASH })

    const { ms, ...answer } = await model.predict(await decode(bytes, { maxPixels: 1e6 }), {
      topK: 3,
      chance: chanceOf(HASH),
    })

    expect(ms).toBeGreaterThan(0)
    expect(answer.decision).toBe(expected.decision)
    expect(answer.candidates).toEqual(expected.candidates)
    expect(answer.top_k.map((one) => one.class)).toEqual(expected.top_k.map((one) => one.class))
    expect(answer.familiarity?.threshold).toBe(expected.familiarity?.threshold)
    expect(answer.familiarity?.distance).toBeCloseTo(expected.familiarity?.distance ?? NaN, 3)
    for (const name of classes)
      expect(answer.probabilities[name]).toBeCloseTo(expected.probabilities[name]!, 3)
  }
  await server.unload('v')
})

test('a model that cannot be opened says why, on each backend that was tried', async () => {
  const version = { id: '', classifierId: 'shapes', name: 'v1', folder: `${ROOT}/models/shapes/v1` }
  const about = await describeForBrowser(version, { title: 'Shapes', engine: '' })
  const cut = { weights: new ArrayBuffer(10), reference: null }

  await expect(openBrowserModel(tf, { ...about, golden: [] }, cut, ['cpu'])).rejects.toThrow(
    /Shapes v1 cannot run in this browser \(cpu: .+\)\. Predict on the server\./,
  )
})
