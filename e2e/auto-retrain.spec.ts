/**
 * Training while labelling: a classifier that trains by itself when enough images were added, and one that only
 * suggests it when labels were corrected, with one click.
 */
import { expect, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { pagesOf } from './pages.ts'
import { becomeOwner, image, logIn } from './people.ts'
import { startFreshProduct, type FreshProduct } from './own-product.ts'
import { test } from './watched.ts'

const THINGS = ['star', 'ring', 'cross'] as const
const OF_EACH = 12
const TRAINING_MS = 120_000 // a few seconds on an idle machine

test.describe.configure({ mode: 'serial' })
let app: FreshProduct
test.beforeAll(async () => {
  app = await startFreshProduct()
})
test.afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

const read = async <T>(page: Page, path: string): Promise<T> =>
  (await (await page.request.get(`${app.url}${path}`)).json()) as T
const runsOf = async (page: Page) =>
  (
    await read<{ runs: { is_automatic: boolean; state: string; version_id: string | null }[] }>(
      page,
      '/api/runs?classifier=three-things',
    )
  ).runs

test('after the first account, networks are offered; they are offered where a classifier is trained, too', async ({
  page,
}) => {
  const { networks, retrain } = pagesOf(page, app)
  await becomeOwner(page, app)

  await networks.showOffers()
  await expect(networks.offer('MobileNetV2 1.0')).toBeVisible()
  await retrain.open('shapes')
  await networks.showOffers()
  await expect(networks.offer('MobileNetV2 1.0')).toBeVisible()
})

test('with enough new images a first version is trained without a click, and is in the audit log', async ({
  page,
}) => {
  test.setTimeout(2 * TRAINING_MS)
  const { newClassifier, retrain } = pagesOf(page, app)
  await logIn(page, app)
  const entries = THINGS.flatMap((thing) =>
    Array.from({ length: OF_EACH }, (_, i) => ({
      name: `${thing}/${i}.png`,
      content: image(thing, 7_000 + i),
    })),
  )
  await newClassifier.create('Three things', { name: 'things.zip', buffer: Buffer.from(zipFile(entries)) })
  await retrain.open('three-things')
  await expect(retrain.automaticState('Training starts only when a person starts it.')).toBeVisible()

  await retrain.chooseAutomatic('Train in the background')
  await expect
    .poll(async () => (await runsOf(page)).map(({ state, is_automatic }) => [state, is_automatic]), {
      timeout: TRAINING_MS,
    })
    .toEqual([['done', true]])

  await retrain.open('three-things')
  await expect(retrain.automaticState('There are no new images since version 1.')).toBeVisible()
  await expect(retrain.startedAutomatically).toBeVisible()
  const { entries: audit } = await read<{ entries: { by: string; what: string }[] }>(page, '/api/audit')
  expect(audit.filter(({ by }) => by === 'automatic retraining').map(({ what }) => what)).toEqual([
    'promoted a version',
    'started a training run',
  ])
})

test('a suggestion names the corrections and the time, and trains only after the click', async ({ page }) => {
  test.setTimeout(2 * TRAINING_MS)
  const { retrain, frame } = pagesOf(page, app)
  await logIn(page, app)
  await retrain.open('three-things')
  await retrain.chooseAutomatic('Suggest a training run', 'after 5 images')
  await expect(retrain.automaticState('There are no new images since version 1.')).toBeVisible()

  const { samples } = await read<{ samples: { id: string }[] }>(
    page,
    '/api/samples?classifier=three-things&label=star&limit=5',
  )
  for (const { id } of samples)
    await page.request.patch(`${app.url}/api/samples/${id}`, {
      data: { label: 'ring' },
      headers: { origin: app.url },
    })

  await retrain.open('three-things')
  await expect(
    retrain.automaticState(/^5 corrections since version 1: training would take about \d+ s\.$/),
  ).toBeVisible()
  expect(await runsOf(page)).toHaveLength(1)
  await frame.open('/')
  await frame.retrainSuggested('Three things')
  await expect
    .poll(async () => (await runsOf(page)).map(({ state, is_automatic }) => [state, is_automatic]), {
      timeout: TRAINING_MS,
    })
    .toEqual([
      ['done', false],
      ['done', true],
    ])
  const [newest] = await runsOf(page)

  await expect(retrain.changes('v2')).toBeVisible()
  const { count, changes } = await read<{ count: number; changes: { before: string; after: string }[] }>(
    page,
    `/api/models/${newest!.version_id}/changes?with=${(await runsOf(page))[1]!.version_id}`,
  )
  expect(changes.every(({ before, after }) => before !== after)).toBe(true)
  expect(changes).toHaveLength(count)
})
