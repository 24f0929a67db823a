import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { MOST_LINK_IMAGES, MOST_REQUEST_IMAGES } from '#lib/domain/phone-limits.ts'
import { createPhoneImages } from './phone-images.ts'
import { data, image, ingest, ingestForEachTest, samples, text } from './upload.fakes.ts'

ingestForEachTest()

async function link(label: string | null = null, sha256 = 'a') {
  const expiresAt = new Date(Date.now() + 60_000)
  const draft = { sha256, classifierId: 'pets', label, mayPredict: true, createdById: null, expiresAt }
  return data.phoneLinks.create({ ...draft, createdBy: 'Ada' })
}
const file = (bytes: Uint8Array, filename = 'a.png'): Part => ({
  kind: 'file',
  name: 'files',
  filename,
  bytes: (async function* () {
    yield bytes
  })(),
})
const field = (name: string, value: string): Part => ({ kind: 'field', name, value })

async function send(to: Awaited<ReturnType<typeof link>>, ...parts: readonly Part[]) {
  const cases = createPhoneImages({ upload: ingest.upload, phoneLinks: data.phoneLinks })
  return cases.addPhoneImages(
    {
      parts: (async function* () {
        yield* parts
      })(),
    },
    {
      requestId: 'r',
      signal: new AbortController().signal,
      caller: {
        kind: 'link',
        id: to.id,
        name: 'Ada',
        scopes: ['phone'],
        classifier: to.classifierId,
        link: { label: to.label, mayPredict: true },
      },
    },
  )
}

test('images become samples of the class, and the link counts them', async () => {
  const own = await link()
  const answer = await send(own, field('label', 'cat'), file(image(1)), file(image(2), 'x/dog/b.png'))

  expect(answer).toMatchObject({ count: 2, message: 'Uploaded 2 images successfully', problems: [] })
  expect((await samples()).toSorted()).toEqual(['cat a.png', 'cat b.png'])
  const { images, bytes } = await data.phoneLinks.get(own.id)
  expect([images, bytes]).toEqual([2, image(1).byteLength + image(2).byteLength])
})

test('a link for one class brings images of that class, whatever the phone says', async () => {
  const own = await link('dog')
  await send(own, field('label', 'cat'), field('labels', '["cat"]'), file(image(1), 'cat/a.png'))

  expect(await samples()).toEqual(['dog a.png'])
})

test('a phone can name no other classifier, and create none', async () => {
  const own = await link('dog')
  await send(own, field('classifier', 'others'), field('create', 'true'), file(image(1)))

  expect(await samples()).toEqual(['dog a.png'])
  expect(await data.classifiers.find('others')).toBeNull()
})

test.each([
  ['an archive', zipFile([{ name: 'cat/a.png', content: image(1) }]), 'a.png'],
  ['a table', text('filename,label\na.png,cat'), 'labels.csv'],
])('%s is refused, whatever its name, and nothing is stored', async (_what, bytes, name) => {
  const own = await link('dog')
  await expect(send(own, file(image(2)), file(new Uint8Array(bytes), name))).rejects.toMatchObject({
    code: 'not_an_image',
  })

  expect(await samples()).toEqual([])
})

test('more images than a recording has are refused in one request', async () => {
  const own = await link('dog')
  const many = Array.from({ length: MOST_REQUEST_IMAGES + 1 }, (_, i) => file(image(i), `${i}.png`))

  await expect(send(own, ...many)).rejects.toMatchObject({ code: 'too_large' })
  expect(await samples()).toEqual([])
})

test('a link brings no image beyond its limit, and none after it was ended', async () => {
  const own = await link('dog')
  const most = { images: MOST_LINK_IMAGES, bytes: 1e12 }
  expect(await data.phoneLinks.take(own.id, { images: MOST_LINK_IMAGES - 1, bytes: 0 }, most)).toBe(true)
  await send(own, file(image(1)))
  await expect(send(own, file(image(2), 'b.png'))).rejects.toMatchObject({ code: 'conflict' })

  const another = await link('dog', 'b')
  await data.phoneLinks.end(another.id)
  await expect(send(another, file(image(3), 'c.png'))).rejects.toMatchObject({ code: 'conflict' })
  expect(await samples()).toEqual(['dog a.png'])
})
