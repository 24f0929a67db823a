import { expect, test } from 'vitest'
import { browserModel, ENGINE_FILES } from '#lib/contracts/browser.ts'
import { openWithFruit } from '#lib/data/opened.fakes.ts'
import { ROOT } from '#lib/processes/settings.ts'
import {
  createBrowserModelCases,
  describeForBrowser,
  engineBytes,
  engineRelease,
  fileForBrowser,
} from './browser-model.ts'

const shapes = {
  id: '01940000-0000-7000-8000-000000000001',
  classifierId: 'shapes',
  name: 'v1',
  folder: `${ROOT}/models/shapes/v1`,
}

test('a shipped version is described with all that its prediction depends on', async () => {
  const about = await describeForBrowser(shapes, { title: 'Shapes', engine: '4.22.0' })

  expect(browserModel.parse(about)).toEqual(about)
  expect(about).toMatchObject({
    version: 'v1',
    classes: ['circle', 'square', 'triangle', 'star', 'cross', 'ring'],
    preprocess: { size: 32, fit: 'cover' },
    topology: { class_name: 'Model' },
    engine: '4.22.0',
  })
  expect(about.golden).toHaveLength(2)
  expect(about.temperature).toBeGreaterThan(0)
  expect(about.thresholds.familiar_up_to).toBeGreaterThan(0)
})

test('its files have the sizes that the description states, without the hashes of training images', async () => {
  const about = await describeForBrowser(shapes, { title: 'Shapes', engine: '4.22.0' })

  const [weights, reference] = [
    await fileForBrowser(shapes, 'weights'),
    await fileForBrowser(shapes, 'reference'),
  ]

  expect(weights.bytes).toHaveLength(about.weights_bytes)
  const { count, length, is_centred: isCentred } = about.reference!
  expect(reference.bytes).toHaveLength(count * length * 2 + (isCentred ? length * 4 : 0))
})

test('a classifier without a version has nothing to run in a browser', async () => {
  const { data } = await openWithFruit()
  const cases = createBrowserModelCases({ data, root: ROOT })

  await expect(cases.describeBrowserModel({ classifier: 'fruit' })).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('"fruit" has no live version'),
  })
})

test('the files of TensorFlow.js are those of the installed packages, and of no other release', async () => {
  const { data } = await openWithFruit()
  const cases = createBrowserModelCases({ data, root: ROOT })
  const release = await engineRelease(ROOT)

  for (const file of ENGINE_FILES)
    expect((await engineBytes(ROOT, file)).length, file).toBeGreaterThan(100_000)
  await expect(cases.browserEngineFile({ release, file: 'tf.js' })).resolves.toMatchObject({
    isImmutable: true,
  })
  await expect(cases.browserEngineFile({ release: '1.0.0', file: 'tf.js' })).rejects.toMatchObject({
    code: 'not_found',
  })
})
