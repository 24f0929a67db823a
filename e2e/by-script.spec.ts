/**
 * The first day again, by a script alone: everything that a person does on the pages, done through the API
 * with a cookie.
 */
import { expect, test } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { SHAPES } from '#lib/domain/drawn-shapes.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'
import { image } from './people.ts'

const IMAGE_COUNT = 50
const UNTIL_DONE_MS = 8 * 60_000

test.describe.configure({ mode: 'serial' })
let product: OwnProduct
let asAdmin: Readonly<Record<string, string>>
test.beforeAll(async () => {
  test.setTimeout(180_000)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'shapes' })
  asAdmin = { cookie: product.admin, origin: product.url }
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

const predict = async (seed: number) => {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(image('star', seed))]), 'star.png')
  return product.request('POST', '/api/predict', { body: form })
}

test('predict, upload, retrain, read the evaluation result, predict with the new version, roll back', async () => {
  test.setTimeout(UNTIL_DONE_MS + 60_000)
  const before = await predict(11)
  expect(before.json).toMatchObject({ success: true, predicted_class: 'star', model_version: 'v1' })

  const entries = Array.from({ length: IMAGE_COUNT }, (_, i) => ({
    name: `${SHAPES[i % SHAPES.length]}/${i}.png`,
    content: image(SHAPES[i % SHAPES.length]!, 500 + i),
  }))
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(zipFile(entries))]), 'fifty.zip')
  const uploaded = await product.request('POST', '/api/upload?classifier=shapes', {
    headers: asAdmin,
    body: form,
  })
  expect(uploaded.json).toMatchObject({ message: 'Uploaded 50 images successfully', count: IMAGE_COUNT })

  const started = await product.request('POST', '/api/retrain', {
    headers: asAdmin,
    body: { classifier: 'shapes', epochs: 2, seed: 5 },
  })
  expect(started.status).toBe(202)
  const twice = await product.request('POST', '/api/retrain', {
    headers: asAdmin,
    body: { classifier: 'shapes' },
  })
  expect(twice.json).toMatchObject({ code: 'already_running', status: 409 })

  const run = (started.json['run'] as { id: string }).id
  const events = await (
    await fetch(`${product.url}/api/runs/${run}/events`, {
      headers: asAdmin,
      signal: AbortSignal.timeout(UNTIL_DONE_MS),
    })
  ).text()
  expect(events).toContain('"kind":"step"')
  expect(events).toContain('"kind":"epoch"')
  const { json: done } = await product.request('GET', `/api/runs/${run}`, { headers: asAdmin })
  expect(done).toMatchObject({ state: 'done', version: 'v2', base_version: 'v1' })
  expect((done['verdict'] as { sentence: string }).sentence).toMatch(
    /Correct on \d+ images? that the old version got wrong/,
  )

  if (done['is_promoted'] !== true) {
    const { json: models } = await product.request('GET', '/api/models?classifier=shapes', {
      headers: asAdmin,
    })
    const trained = (models['models'] as { id: string; version: string }[]).find(
      ({ version }) => version === 'v2',
    )!
    expect(
      (
        await product.request('POST', `/api/models/${trained.id}/promote`, {
          headers: asAdmin,
          body: { reason: 'to see it answer' },
        })
      ).status,
    ).toBe(200)
  }
  expect((await predict(12)).json).toMatchObject({ model_version: 'v2' })

  const back = await product.request('POST', '/api/models/rollback', {
    headers: asAdmin,
    body: { classifier: 'shapes' },
  })
  expect(back.json).toMatchObject({ classifier: 'shapes', previous: 'v2', acknowledged: true })
  expect((await predict(13)).json).toMatchObject({ model_version: 'v1' })
})

test('undoing an upload restores the state before it', async () => {
  const form = new FormData()
  for (let i = 0; i < 3; i++)
    form.append('files', new Blob([new Uint8Array(image('ring', 700 + i))]), `ring-${i}.png`)
  form.append('label', 'ring')
  const total = async () =>
    (await product.request('GET', '/api/samples?classifier=shapes&limit=1', { headers: asAdmin })).json[
      'total'
    ]
  const before = await total()
  const { json: report } = await product.request('POST', '/api/upload?classifier=shapes', {
    headers: asAdmin,
    body: form,
  })
  expect(report).toMatchObject({ count: 3, per_class: [{ class: 'ring', count: 3, is_new: false }] })

  const undone = await product.request('DELETE', `/api/uploads/${String(report['id'])}`, { headers: asAdmin })

  expect(undone.json).toMatchObject({ state: 'undone' })
  expect(await total()).toBe(before)
})
