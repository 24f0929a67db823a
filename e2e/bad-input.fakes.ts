/** Every kind of wrong input from a person or a program, and its response on each route. */
import { crc32 } from 'node:zlib'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'

type RequestSpec = {
  readonly method?: string
  readonly path: string
  readonly body?: () => BodyInit | object
  readonly headers?: Readonly<Record<string, string>>
}
type Field = readonly [name: string, value: string | Uint8Array<ArrayBuffer>, filename?: string]
type Row = readonly [story: string, sent: RequestSpec, status: number, code: string, says?: RegExp]

export const MIB = 1024 ** 2
const UNKNOWN_ID = '01a1fdc4-0000-7000-8000-000000000000'
export const png = (seed = 1): Uint8Array<ArrayBuffer> =>
  new Uint8Array(encodePng(drawShape('star', 5_000 + seed)))
export const text = (content: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(content))

export function form(...fields: readonly Field[]): () => FormData {
  return () => {
    const data = new FormData()
    for (const [name, value, filename] of fields) {
      if (typeof value === 'string') data.append(name, value)
      else data.append(name, new Blob([value]), filename ?? 'a.png')
    }
    return data
  }
}

/** A PNG whose header claims this many pixels, and which has none. */
function claims(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = png()
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  view.setUint32(29, crc32(bytes.subarray(12, 29)))
  return bytes
}

const predict = (...fields: Field[]): RequestSpec => ({ path: '/api/predict', body: form(...fields) })
const upload = (...fields: Field[]): RequestSpec => ({ path: '/api/upload', body: form(...fields) })
const zip = (...parts: Parameters<typeof zipFile>[0]): RequestSpec =>
  upload(['files', new Uint8Array(zipFile(parts)), 'a.zip'])
export const star = (name: string, seed: number) => ({ name, content: png(seed) })

export const ROWS: readonly Row[] = [
  ['no file', { path: '/api/predict', body: form(['note', 'hello']) }, 400, 'missing_file', /`file`/],
  ['an empty file', predict(['file', text(''), 'a.png']), 400, 'missing_file', /`file`/],
  [
    'a text field instead of a file',
    predict(['file', 'hello']),
    400,
    'missing_file',
    /text instead of a file/,
  ],
  ['an empty body', { path: '/api/predict' }, 400, 'missing_file'],
  [
    'a web page named .jpg',
    predict(['file', text('<!doctype html><p>hello'), 'a.jpg']),
    415,
    'not_an_image',
    /HTML/i,
  ],
  ['a PDF', predict(['file', text('%PDF-1.7\n1 0 obj'), 'a.png']), 415, 'not_an_image', /PDF/],
  ['a script', predict(['file', text('#!/bin/sh\nrm -rf /'), 'a.png']), 415, 'not_an_image'],
  [
    'an SVG',
    predict([
      'file',
      text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'a.svg',
    ]),
    415,
    'not_an_image',
    /SVG/,
  ],
  ['a truncated image', predict(['file', png().slice(0, 120)]), 422, 'corrupt_image'],
  [
    'an image whose header claims a hundred megapixels',
    predict(['file', claims(10_000, 10_000)]),
    413,
    'too_many_pixels',
    /pixel/,
  ],
  ['an image over the limit', predict(['file', new Uint8Array(2 * MIB)]), 413, 'too_large', /1 MB/],
  [
    'an upload without any image',
    upload(['label', 'star'], ['files', text('hello'), 'a.png']),
    415,
    'not_an_image',
  ],
  [
    'labels and files of different number',
    upload(['labels', 'star'], ['labels', 'ring'], ['files', png(2)]),
    422,
    'labels_do_not_match',
    /2.*1|1.*2/,
  ],
  ['a label with control characters', upload(['label', 'a\u0007b'], ['files', png(3)]), 422, 'invalid_input'],
  [
    'a label of 10,000 characters',
    upload(['label', 'a'.repeat(10_000)], ['files', png(4)]),
    422,
    'invalid_input',
  ],
  [
    'a file named .zip that is not a ZIP',
    upload(['files', text(`PK\u0003\u0004${'x'.repeat(200)}`), 'a.zip']),
    422,
    'bad_archive',
  ],
  [
    'a ZIP whose entries are encrypted',
    zip({ ...star('star/a.png', 6), flags: 0x801 }),
    422,
    'bad_archive',
    /encrypt/,
  ],
  [
    'a training run of no epochs',
    { path: '/api/retrain', body: () => ({ epochs: 0 }) },
    422,
    'invalid_input',
    /epochs/,
  ],
  [
    'a training run with far too many epochs',
    { path: '/api/retrain', body: () => ({ epochs: 1e9 }) },
    422,
    'invalid_input',
    /epochs/,
  ],
  [
    'a training run of infinitely many epochs',
    { path: '/api/retrain', body: () => '{"epochs":1e999}', headers: { 'content-type': 'application/json' } },
    422,
    'invalid_input',
    /epochs/,
  ],
  [
    'a number that JSON does not allow',
    { path: '/api/retrain', body: () => '{"epochs":NaN}', headers: { 'content-type': 'application/json' } },
    400,
    'malformed',
  ],
  [
    'a training run without new images',
    { path: '/api/retrain', body: () => ({}) },
    422,
    'nothing_to_learn',
    /new/,
  ],
  [
    'a training run with one class only',
    { path: '/api/retrain', body: () => ({ classifier: 'lonely' }) },
    422,
    'too_few_classes',
  ],
  ['an unknown prediction', { method: 'GET', path: `/api/predictions/${UNKNOWN_ID}` }, 404, 'not_found'],
  ['an invalid id', { method: 'GET', path: '/api/predictions/1' }, 404, 'not_found'],
  [
    'an unknown classifier',
    { ...predict(['file', png()]), path: '/api/predict?classifier=pears' },
    404,
    'not_found',
    /pears/,
  ],
  [
    'an explanation option that is neither true nor false',
    { ...predict(['file', png()]), path: '/api/predict?explain=maybe' },
    422,
    'invalid_input',
    /"explain" must be true or false/,
  ],
  [
    'an explanation of several images',
    { path: '/api/predict/batch?explain=true', body: form(['files', png(), 'a.png']) },
    422,
    'invalid_input',
    /"explain" is not a known field/,
  ],
  [
    'an unknown version',
    { ...predict(['file', png()]), path: '/api/predict?version=v99' },
    404,
    'not_found',
    /v99/,
  ],
  ['a URL that does not exist', { method: 'GET', path: '/api/nowhere' }, 404, 'not_found'],
  [
    'a method that the URL does not support',
    { method: 'PATCH', path: '/api/predict' },
    405,
    'method_not_allowed',
  ],
  [
    'JSON nested deeper than 32',
    {
      path: '/api/retrain',
      body: () => `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
      headers: { 'content-type': 'application/json' },
    },
    400,
    'malformed',
    /32/,
  ],
  [
    'JSON larger than 1 MiB',
    { path: '/api/retrain', body: () => ({ recipe: 'x'.repeat(MIB) }) },
    413,
    'too_large',
    /1 MB/,
  ],
  [
    'cut JSON',
    { path: '/api/retrain', body: () => '{"epochs": 3', headers: { 'content-type': 'application/json' } },
    400,
    'malformed',
  ],
  [
    'a wrong type',
    { path: '/api/retrain', body: () => ({ epochs: 'three' }) },
    422,
    'invalid_input',
    /epochs/,
  ],
  [
    'a damaged data-URL',
    { path: '/api/predict', body: () => ({ url: 'data:image/png;base64,%%%' }) },
    400,
    'malformed',
  ],
  [
    'another URL than a data URL',
    { path: '/api/predict', body: () => ({ url: 'http://169.254.169.254/latest' }) },
    422,
    'invalid_input',
    /never fetched/,
  ],
  [
    'a query parameter named like a member of every object',
    { path: '/api/retrain?constructor=1', body: () => ({}) },
    422,
    'invalid_input',
    /"constructor" is not a known field/,
  ],
  ['another', { method: 'GET', path: '/api/predictions?toString=1' }, 422, 'invalid_input', /"toString"/],
  [
    'the one with a special meaning',
    { method: 'GET', path: '/api/predictions?__proto__=1' },
    422,
    'invalid_input',
    /"__proto__"/,
  ],
  [
    'the same in JSON',
    {
      path: '/api/retrain',
      body: () => '{"__proto__":{"epochs":1}}',
      headers: { 'content-type': 'application/json' },
    },
    422,
    'invalid_input',
    /"__proto__"/,
  ],
  ['the same in a form', predict(['__proto__', 'x'], ['file', png()]), 422, 'invalid_input', /"__proto__"/],
  [
    'a number in a query that is too large',
    { path: '/api/retrain?epochs=9999', body: () => ({}) },
    422,
    'invalid_input',
    /"epochs" must be at most/,
  ],
  [
    'a training run by query, with one class only',
    { path: '/api/retrain?epochs=1&classifier=lonely', body: () => ({}) },
    422,
    'too_few_classes',
  ],
  ['a POST to a page', { path: '/history', body: () => ({}) }, 405, 'method_not_allowed', /GET, HEAD/],
  [
    'a form that ends in the middle',
    {
      path: '/api/predict',
      body: () => '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    },
    400,
    'malformed',
  ],
]
