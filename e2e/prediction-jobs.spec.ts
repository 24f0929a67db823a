/**
 * Many images in the background: a ZIP is sent on the page, the worker is killed in the middle, and the results have
 * one row for each image, with the classes that single predictions have. Other users cannot read the job.
 */
import { readFile } from 'node:fs/promises'
import { expect, type BrowserContext, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { metrics } from '#lib/contracts/operations.ts'
import { listPredictionJobs, predictionJob } from '#lib/contracts/prediction-jobs.ts'
import { SHAPES } from '#lib/domain/drawn-shapes.ts'
import { browserCookies, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { image } from './people.ts'
import { expectNoAxeFindingsEverywhere, test } from './watched.ts'

/** Some seconds of work, so that the worker can be killed before the end. */
const IMAGES = 4_000
const BROKEN = 'broken.png'
/** A killed worker's job is taken over when its lease has ended. */
const UNTIL_TAKEN_OVER_MS = 150_000

const shapeAt = (index: number): Buffer => image(SHAPES[(index - 1) % SHAPES.length]!, 20_000 + index)

const zipOf = (images: number): Buffer =>
  Buffer.from(
    zipFile([
      { name: BROKEN, content: Buffer.from('no image'), method: 0 },
      ...Array.from({ length: images - 1 }, (_, i) => ({
        name: `${i + 1}.png`,
        content: shapeAt(i + 1),
        method: 0,
      })),
    ]),
  )

test.describe.configure({ mode: 'serial' })
let shelf: Buffer
let product: OwnProduct
let asAdmin: Readonly<Record<string, string>>
let asEditor: Readonly<Record<string, string>>
test.beforeAll(async () => {
  test.setTimeout(180_000)
  shelf = zipOf(IMAGES)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'shapes' })
  asAdmin = { cookie: product.admin, origin: product.url }
  asEditor = { cookie: product.user, origin: product.url }
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

const asUser = async (context: BrowserContext, page: Page, cookie: string) => {
  await context.addCookies(browserCookies(cookie, product.url))
  return pagesOf(page, product)
}

const get = async (path: string, headers: Readonly<Record<string, string>> = asEditor) =>
  product.request('GET', path, { headers })

const sendZip = async (zip: Buffer, headers: Readonly<Record<string, string>>, query = '') => {
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(zip)]), 'script.zip')
  return product.request('POST', `/api/predict/jobs${query}`, { headers, body: form })
}

test('a ZIP is predicted in the background, also when the worker is killed in the middle', async ({
  context,
  page,
}) => {
  test.setTimeout(UNTIL_TAKEN_OVER_MS + 120_000)
  const { predict, jobs } = await asUser(context, page, product.user)
  await predict.open('shapes')
  await jobs.followLink()

  await jobs.send('shelf.zip', shelf)
  await expect(jobs.name('shelf.zip')).toBeVisible({ timeout: 30_000 })
  const id = listPredictionJobs.output.parse((await get('/api/predict/jobs')).json).jobs[0]!.id
  const jobNow = async () => predictionJob.parse((await get(`/api/predict/jobs/${id}`)).json)
  await expect
    .poll(async () => (await jobNow()).done, { timeout: 60_000, intervals: [50] })
    .toBeGreaterThan(0)
  const { processes: all } = metrics.output.parse((await get('/api/metrics', asAdmin)).json)
  process.kill(all.find(({ name }) => name === 'worker')!.pid, 'SIGKILL')
  const { done, state } = await jobNow()

  expect(state).not.toBe('done')
  expect(done).toBeLessThan(IMAGES)
  await expect(jobs.state('Completed')).toBeVisible({ timeout: UNTIL_TAKEN_OVER_MS })
  await expect(jobs.classRows('shelf.zip')).toHaveCount(SHAPES.length + 1)
  await expectNoAxeFindingsEverywhere(page)

  const { text } = await get(`/api/predict/jobs/${id}/results?format=jsonl`)
  const lines: readonly unknown[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toEqual(
    Array.from({ length: IMAGES }, (_, index) =>
      expect.objectContaining({ index, filename: index === 0 ? BROKEN : `${index}.png` }),
    ),
  )
  expect(lines[0]).toMatchObject({ code: 'not_an_image' })
  for (const index of [1, 2, 3, 4, 5, 6, done - 1, done, done + 1, IMAGES - 1]) {
    const single = await product.request('POST', '/api/predict?save=false', {
      headers: { ...asEditor, 'content-type': 'image/png' },
      body: new Uint8Array(shapeAt(index)),
    })
    expect(lines[index], `image ${index}`).toMatchObject({ predicted_class: single.json['predicted_class'] })
  }
  const download = page.waitForEvent('download')
  await jobs.csv('shelf.zip').click()
  const csv = await readFile(await (await download).path(), 'utf8')
  expect(csv.trimEnd().split('\r\n')).toHaveLength(IMAGES + 1)
})

test('only its sender and admins can read, cancel or delete a job', async ({ browser }) => {
  const other = { cookie: await product.addUser('editor'), origin: product.url }
  const id = listPredictionJobs.output.parse((await get('/api/predict/jobs')).json).jobs[0]!.id
  const job = `/api/predict/jobs/${id}`

  for (const headers of [other, { origin: product.url }]) {
    expect(listPredictionJobs.output.parse((await get('/api/predict/jobs', headers)).json).jobs).toEqual([])
    for (const path of [job, `${job}/results`, `${job}/events`])
      expect((await get(path, headers)).status, path).toBe(404)
    expect((await product.request('POST', `${job}/cancel`, { headers })).status).toBe(404)
    expect((await product.request('DELETE', job, { headers })).status).toBe(404)
  }
  expect((await get(job, asAdmin)).status).toBe(200)

  const context = await browser.newContext()
  const { jobs } = await asUser(context, await context.newPage(), other.cookie)
  await jobs.open('shapes', id)
  await expect(jobs.name('shelf.zip')).toBeHidden()
  await context.close()
})

test('a job is cancelled and deleted, and a job without a login is read by its address', async ({
  context,
  page,
  browser,
}) => {
  test.setTimeout(120_000)
  const { jobs } = await asUser(context, page, product.user)
  await jobs.open('shapes')
  await jobs.remove('shelf.zip')
  await expect(jobs.name('shelf.zip')).toBeHidden()
  await jobs.send('other.zip', shelf)
  await jobs.cancel('other.zip')
  await expect(jobs.state('Cancelled')).toBeVisible()

  const visit = await browser.newContext()
  const visitor = await visit.newPage()
  const pages = pagesOf(visitor, product)
  await pages.jobs.open('shapes')
  await pages.jobs.send('mine.zip', zipOf(20))
  await expect(pages.jobs.state('Completed')).toBeVisible({ timeout: 60_000 })
  await expect(pages.jobs.name('other.zip')).toBeHidden()
  await expectNoAxeFindingsEverywhere(visitor)
  await visitor.reload()
  await expect(pages.jobs.name('mine.zip')).toBeVisible()
  await visit.close()
})

test('what cannot be predicted is refused with what to do', async () => {
  const empty = Buffer.from(zipFile([{ name: 'readme/', content: Buffer.alloc(0), method: 0 }]))
  const none = new FormData()
  none.append('top_k', '3')

  expect(await product.request('POST', '/api/predict/jobs', { headers: asEditor, body: none })).toMatchObject(
    {
      status: 400,
      text: expect.stringContaining('Send images, or one ZIP archive of them'),
    },
  )
  expect(await sendZip(empty, asEditor)).toMatchObject({
    status: 400,
    text: expect.stringContaining('Send images, or one ZIP archive of them'),
  })
  expect(await sendZip(zipOf(3), asEditor, '?top_k=0')).toMatchObject({
    status: 422,
    text: expect.stringContaining('top_k'),
  })
  expect(await sendZip(zipOf(3), asEditor, '?classifier=nothing')).toMatchObject({ status: 404 })
  expect(await sendZip(zipOf(3), asEditor, '?version=v99')).toMatchObject({ status: 404 })
  expect(await sendZip(Buffer.from('PK\u0003\u0004 no archive'), asEditor)).toMatchObject({
    status: 422,
    text: expect.stringContaining('bad_archive'),
  })
})
