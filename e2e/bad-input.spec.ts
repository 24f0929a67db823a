/**
 * Wrong input, row by row of bad-input.fakes.ts: each gets its status and a helpful sentence, and leaves
 * nothing behind. Valid formats are tested in lib/images; full disks and slow clients in lib/http and
 * lib/processes.
 */
import { readdirSync } from 'node:fs'
import { request as nodeRequest } from 'node:http'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { form, MIB, png, ROWS, star, text } from './bad-input.fakes.ts'
import { CLASSIFIER, startOwnProduct, train, type OwnProduct } from './own-product.ts'

for (const fastPath of ['on', 'off']) {
  test.describe(`with DOOR=${fastPath}`, () => {
    let product: OwnProduct
    let key: string
    const asKey = () => ({ authorization: `Bearer ${key}` })

    test.beforeAll(async () => {
      test.setTimeout(300_000)
      product = await startOwnProduct({ DOOR: fastPath, MAX_IMAGE_MB: '1', MAX_UPLOAD_MB: '8' })
      key = await product.key('upload', 'train')
      await train(product, key)
      await product.request('POST', '/api/upload?classifier=lonely&create=true', {
        headers: asKey(),
        body: form(['label', 'one'], ['files', png(20)], ['files', png(21)], ['files', png(22)])(),
      })
    })
    test.afterAll(async () => {
      await product[Symbol.asyncDispose]()
    })

    for (const [story, sent, status, code, detail] of ROWS) {
      test(`${story}: ${status}`, async () => {
        const result = await product.request(sent.method ?? 'POST', sent.path, {
          body: sent.body?.(),
          headers: { ...sent.headers, ...asKey() },
        })

        expect([result.status, result.json['code']], result.text).toEqual([status, code])
        expect(result.json).toMatchObject({
          success: false,
          instance: sent.path.split('?')[0],
          request_id: expect.any(String),
        })
        expect(result.json['error']).toBe(result.json['detail'])
        if (detail) expect(result.json['detail']).toMatch(detail)
        expect(pendingFilesOf(product)).toEqual([])
      })
    }

    test('an upload keeps its valid images, and its report names the other files', async () => {
      const parts = zipFile([
        star('stuff/star/a.png', 30),
        star('__MACOSX/star/._a.png', 31),
        { name: 'stuff/star/notes.txt', content: text('hello') },
        { name: 'stuff/star/cut.png', content: png(32).slice(0, 100) },
        { name: 'stuff/ring/inner.zip', content: zipFile([star('x/y.png', 33)]) },
        star('../../outside.png', 34),
        star('/absolute.png', 35),
        { ...star('stuff/star/link.png', 36), mode: 0o120777 },
      ])
      const before = await product.request('GET', `/api/samples?limit=1`, { headers: asKey() })

      const result = await product.request('POST', '/api/upload', {
        headers: asKey(),
        body: form(['files', new Uint8Array(parts), 'a.zip'])(),
      })
      const after = await product.request('GET', `/api/samples?limit=1`, { headers: asKey() })

      const found = JSON.stringify(result.json['findings'])
      expect(result.status, result.text).toBe(200)
      for (const name of ['notes.txt', 'cut.png', 'inner.zip', 'outside.png', 'link.png'])
        expect(found).toContain(name)
      expect(Number(after.json['total']) - Number(before.json['total'])).toBe(result.json['count'])
      expect(pendingFilesOf(product)).toEqual([])
      expect(readdirSync(path.dirname(product.dataDir)).filter((name) => name === 'outside.png')).toEqual([])
    })

    test('one invalid image is one failed entry of its batch', async () => {
      const result = await product.request('POST', '/api/predict/batch', {
        body: form(['files', png(), 'good.png'], ['files', text('hello'), 'bad.png'])(),
      })

      expect(result.json).toMatchObject({
        success: true,
        count: 2,
        predictions: [
          { success: true, filename: 'good.png' },
          { success: false, filename: 'bad.png', code: 'not_an_image' },
        ],
      })
    })

    test('feedback with an unknown class is refused, with the name of the class', async () => {
      const request = await product.request('POST', '/api/predict', {
        body: png(),
        headers: { 'content-type': 'image/png' },
      })
      const result = await product.request(
        'POST',
        `/api/predictions/${String(request.json['id'])}/feedback`,
        {
          headers: asKey(),
          body: { correct: false, label: 'pear' },
        },
      )

      expect([result.status, result.json['code']]).toEqual([422, 'unknown_class'])
    })

    test('a body that exceeds the limit ends immediately, and the client gets the reason', async () => {
      const result = await new Promise<number>((resolve, reject) => {
        const sending = nodeRequest(
          `${product.url}/api/predict`,
          { method: 'POST', headers: { 'content-type': 'image/png', 'transfer-encoding': 'chunked' } },
          (response) => {
            resolve(response.statusCode ?? 0)
            response.resume()
            sending.destroy()
          },
        )
        sending.on('error', reject)
        const more = () => {
          for (let i = 0; i < 64 && !sending.destroyed; i++) sending.write(Buffer.alloc(64 * 1024))
        }
        more()
      })

      expect(result).toBe(413)
    })

    test('a client that disconnects midway leaves no data, and other clients are not affected', async () => {
      const sending = nodeRequest(`${product.url}/api/upload`, {
        method: 'POST',
        headers: { ...asKey(), 'content-type': 'multipart/form-data; boundary=x', 'content-length': 5 * MIB },
      })
      sending.on('error', () => {})
      sending.write(
        Buffer.concat([
          Buffer.from('--x\r\ncontent-disposition: form-data; name="files"; filename="a.png"\r\n\r\n'),
          Buffer.alloc(MIB),
        ]),
      )
      await expect.poll(() => pendingFilesOf(product).length).toBeGreaterThan(0)

      sending.destroy()

      await expect.poll(() => pendingFilesOf(product)).toEqual([])
      expect((await product.request('GET', `/api/classes?classifier=${CLASSIFIER}`)).json['classes']).toEqual(
        ['star', 'ring'],
      )
    })
  })
}

/** The files in the folder where uploads wait to be processed. */
const pendingFilesOf = (product: OwnProduct): readonly string[] =>
  readdirSync(path.join(product.dataDir, 'scratch'))
