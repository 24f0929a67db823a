import { expect, test } from 'vitest'
import type { IncomingRequest } from './incoming.ts'
import { whole } from './body.ts'
import { partsOf } from './parts.ts'
import { partsIn } from './buffered-form.ts'

const TYPE = 'multipart/form-data; boundary=b'
type FormPartSummary = readonly [name: string, filename: string | null, hex: string]
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Reads the same body with the streaming parser. */
async function streamed(body: Uint8Array, type: string): Promise<readonly FormPartSummary[] | string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield body
  }
  const incoming: IncomingRequest = {
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    address: '127.0.0.1',
    header: (name) => (name === 'content-type' ? type : null),
    headers: new Headers(),
    body: chunks(),
    signal: new AbortController().signal,
  }
  const reported: FormPartSummary[] = []
  try {
    for await (const part of partsOf(incoming, 1e9))
      reported.push(
        part.kind === 'field'
          ? [part.name, null, hex(Buffer.from(part.value))]
          : [part.name, part.filename, hex(await whole(part.bytes))],
      )
    return reported
  } catch (error) {
    return (error as { code: string }).code
  }
}

function inMemory(body: Uint8Array, type: string): readonly FormPartSummary[] | string {
  try {
    return partsIn(body, type).map(({ name, filename, bytes }): FormPartSummary => [
      name,
      filename,
      hex(bytes),
    ])
  } catch (error) {
    return (error as { code: string }).code
  }
}

const file = (name: string, value: string): string =>
  `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ` +
  `image/png\r\n\r\n${value}\r\n`
const END = '--b--\r\n'

test.each<[string, string, string]>([
  ['a file', file('a.png', 'abc') + END, TYPE],
  ['an empty file', file('a.png', '') + END, TYPE],
  ['a quoted boundary', file('a.png', 'abc') + END, 'multipart/form-data; charset=utf-8; boundary="b"'],
  ['text before and after', `hello\r\n${file('a.png', 'abc')}${END}bye`, TYPE],
  ['line breaks at the ends', file('a.png', '\r\n\r\nabc\r\n\r\n') + END, TYPE],
  ['content that looks like a boundary', file('a.png', 'x--b\r\n-\r\n--') + END, TYPE],
  ['foreign letters', file('ä 日本.png', 'ß') + END, TYPE],
  ['quotes in a name', file('a\\"b.png', 'x') + END, TYPE],
  ['a Windows path', file('C:\\fakepath\\a.png', 'x') + END, TYPE],
  [
    'an encoded name',
    `--b\r\ncontent-disposition: form-data; name=file; filename*=UTF-8''%C3%A4.png\r\n\r\nx\r\n${END}`,
    TYPE,
  ],
  [
    'a field among files',
    `--b\r\ncontent-disposition: form-data; name="top_k"\r\n\r\n3\r\n${file('a.png', 'x')}${END}`,
    TYPE,
  ],
  ['no end', file('a.png', 'abc'), TYPE],
  ['a truncated file', file('a.png', 'abc').slice(0, -4), TYPE],
  ['a truncated header', '--b\r\ncontent-dispo', TYPE],
  ['a body without the boundary', 'garbage', TYPE],
  ['a content type without a boundary', file('a.png', 'abc') + END, 'multipart/form-data'],
])('both parsers return the same parts: %s', async (_story, body, type) => {
  const bytes = Buffer.from(body)

  expect(inMemory(bytes, type)).toEqual(await streamed(bytes, type))
})

test('the name of a file ends with the line of its header', () => {
  const [part] = partsIn(Buffer.from(file('a\r\nb.png', 'x') + END), TYPE)

  expect(part!.filename).not.toMatch(/[\r\n]/)
})

test('both parsers return the same parts for a browser’s form of random bytes', async () => {
  let state = 7
  const roll = (most: number): number => (state = (state * 48271) % 2147483647) % most
  for (let round = 0; round < 60; round++) {
    const form = new FormData()
    for (let i = roll(4); i >= 0; i--) {
      const bytes = Uint8Array.from({ length: roll(3000) }, () => [13, 10, 45, roll(256)][roll(4)]!)
      if (roll(3) === 0) form.append(`f${i}`, Buffer.from(bytes).toString('base64'))
      else form.append('file', new Blob([bytes]), `n${i} "x".png`)
    }
    const request = new Request('http://darkroom.test', { method: 'POST', body: form })
    const type = request.headers.get('content-type')!
    const body = new Uint8Array(await request.arrayBuffer())

    const reported = inMemory(body, type)

    expect(reported).toEqual(await streamed(body, type))
    expect(reported.length).toBe([...form].length)
  }
})

test('parsing a form of a million parts without a name stops after the first thousand', () => {
  const body = Buffer.concat([
    Buffer.from('--b'),
    Buffer.alloc(9 * 1_000_000, '\r\n\r\n\r\n--b'),
    Buffer.from('--'),
  ])

  expect(() => partsIn(body, TYPE)).toThrow('more than 1,000 parts')
})
