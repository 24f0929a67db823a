/** What comes wrong, row by row of the promise: each gets its status, a sentence that helps, and leaves nothing behind.
 *  The formats that must work are tried in lib/images; full disks and slow senders in lib/http and lib/processes. */
import { readdirSync } from 'node:fs'
import { request as nodeRequest } from 'node:http'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { form, MIB, png, ROWS, star, text } from './bad-input.fakes.ts'
import { CLASSIFIER, startOwnProduct, train, type OwnProduct } from './own-product.ts'

for (const door of ['on', 'off']) {
  test.describe(`with DOOR=${door}`, () => {
    let product: OwnProduct
    let key: string
    const asKey = () => ({ authorization: `Bearer ${key}` })

    test.beforeAll(async () => {
      test.setTimeout(300_000)
      product = await startOwnProduct({ DOOR: door, MAX_IMAGE_MB: '1', MAX_UPLOAD_MB: '8' })
      key = await product.key('upload', 'train')
      await train(product, key)
      await product.ask('POST', '/api/upload?classifier=lonely&create=true', {
        headers: asKey(),
        body: form(['label', 'one'], ['files', png(20)], ['files', png(21)], ['files', png(22)])(),
      })
    })
    test.afterAll(async () => {
      await product[Symbol.asyncDispose]()
    })

    for (const [story, sent, status, code, says] of ROWS) {
      test(`${story}: ${status}`, async () => {
        const result = await product.ask(sent.method ?? 'POST', sent.path, {
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
        if (says) expect(result.json['detail']).toMatch(says)
        expect(leftIn(product)).toEqual([])
      })
    }

    test('an upload keeps what is good, and its report says what was not', async () => {
      const parts = zipFile([
        star('stuff/star/a.png', 30),
        star('__MACOSX/star/._a.png', 31),
        { name: 'stuff/star/notes.txt', content: text('hello') },
        { name: 'stuff/star/cut.png', content: png(32).slice(0, 100) },
        { name: 'stuff/ring/inner.zip', content: zipFile([star('x/y.png', 33)]) },
        star('../../outside.png', 34),
        star('/tmp/absolute.png', 35),
        { ...star('stuff/star/link.png', 36), mode: 0o120777 },
      ])
      const before = await product.ask('GET', `/api/samples?limit=1`, { headers: asKey() })

      const result = await product.ask('POST', '/api/upload', {
        headers: asKey(),
        body: form(['files', new Uint8Array(parts), 'a.zip'])(),
      })
      const after = await product.ask('GET', `/api/samples?limit=1`, { headers: asKey() })

      const found = JSON.stringify(result.json['findings'])
      expect(result.status, result.text).toBe(200)
      for (const name of ['notes.txt', 'cut.png', 'inner.zip', 'outside.png', 'link.png'])
        expect(found).toContain(name)
      expect(Number(after.json['total']) - Number(before.json['total'])).toBe(result.json['count'])
      expect(leftIn(product)).toEqual([])
      expect(readdirSync(path.dirname(product.dataDir)).filter((name) => name === 'outside.png')).toEqual([])
    })

    test('one bad picture is an entry of its batch, not its failure', async () => {
      const result = await product.ask('POST', '/api/predict/batch', {
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

    test('feedback with a class that is not there is refused by name', async () => {
      const request = await product.ask('POST', '/api/predict', {
        body: png(),
        headers: { 'content-type': 'image/png' },
      })
      const result = await product.ask('POST', `/api/predictions/${String(request.json['id'])}/feedback`, {
        headers: asKey(),
        body: { correct: false, label: 'pear' },
      })

      expect([result.status, result.json['code']]).toEqual([422, 'unknown_class'])
    })

    test('a body that grows over the limit ends at once, and the sender hears why', async () => {
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

    test('who disappears in the middle leaves nothing, and others don’t notice', async () => {
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
      await expect.poll(() => leftIn(product).length).toBeGreaterThan(0)

      sending.destroy()

      await expect.poll(() => leftIn(product)).toEqual([])
      expect((await product.ask('GET', `/api/classes?classifier=${CLASSIFIER}`)).json['classes']).toEqual([
        'star',
        'ring',
      ])
    })
  })
}

/** What lies where uploads wait until they are judged. */
const leftIn = (product: OwnProduct): readonly string[] => readdirSync(path.join(product.dataDir, 'scratch'))
