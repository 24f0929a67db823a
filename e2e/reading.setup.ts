/**
 * Fills the product that the tests of e2e/reading share: an admin and an editor, the drawn images of
 * `shapes`, and predictions whose file names contain HTML and a formula.
 */
import { expect, test } from '@playwright/test'
import { SHAPES } from '#lib/domain/drawn-shapes.ts'
import { setUp, openSession } from './own-product.ts'
import { image } from './people.ts'
import { readingPlace } from './reading-product.ts'

const NAMES = [
  ...Array.from({ length: 30 }, (_, i) => `<b>star ${i}</b>.png`),
  ...Array.from({ length: 8 }, (_, i) => `=image ${i}.png`),
]

test('the shared product has images and predictions', async () => {
  test.setTimeout(180_000)
  const { url, setupToken } = readingPlace()
  await setUp(url, setupToken())
  const { request, admin } = await openSession(url)

  for (const [i, name] of NAMES.entries()) {
    const body = new FormData()
    body.append('file', new Blob([new Uint8Array(image(SHAPES[i % SHAPES.length]!, i))]), name)
    const { status, text } = await request('POST', '/api/predict?classifier=shapes', { body })
    expect(status, text).toBe(200)
  }

  const classesDrawn = async () => {
    const { json } = await request('GET', '/api/data/summary?classifier=shapes', {
      headers: { cookie: admin },
    })
    return (json['per_class'] as readonly { train: number }[]).filter(({ train }) => train > 0).length
  }
  await expect.poll(classesDrawn, { timeout: 120_000 }).toBe(SHAPES.length) // the worker draws them
})
