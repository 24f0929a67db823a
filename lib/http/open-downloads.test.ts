import { expect, test } from 'vitest'
import { createDownloads } from './open-downloads.ts'

function fileOf(pieces = 2) {
  const state = { isReturned: false }
  async function* bytes() {
    try {
      for (let i = 0; i < pieces; i++) yield Uint8Array.of(i)
    } finally {
      state.isReturned = true
    }
  }
  return { state, bytes: bytes() }
}

const from = (address: string, signal = new AbortController().signal) => ({ address, signal })
const refusalOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    return (error as { code: string }).code
  }
}

async function piecesOf(bytes: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return pieces
}

test('downloads beyond the limits are refused until one has been read or cancelled', async () => {
  const open = createDownloads({ inAll: 3, perAddress: 2 })
  const first = open(fileOf().bytes, from('203.0.113.1'))
  const second = open(fileOf().bytes, from('203.0.113.1'))

  expect(refusalOf(() => open(fileOf().bytes, from('203.0.113.1')))).toBe('rate_limited')
  open(fileOf().bytes, from('203.0.113.2'))
  expect(refusalOf(() => open(fileOf().bytes, from('203.0.113.3')))).toBe('overloaded')

  expect(await piecesOf(first)).toEqual([Uint8Array.of(0), Uint8Array.of(1)])
  open(fileOf().bytes, from('203.0.113.3'))
  for await (const _ of second) break
  expect(refusalOf(() => open(fileOf().bytes, from('203.0.113.1')))).toBe('none')
})

test('a client that goes before it has read anything does not count, and what it requested is closed', async () => {
  const open = createDownloads({ inAll: 1 })
  const gone = new AbortController()
  const file = fileOf()
  const iterator = open(file.bytes, from('203.0.113.1', gone.signal))[Symbol.asyncIterator]()
  await iterator.next()

  gone.abort()

  await expect.poll(() => file.state.isReturned).toBe(true)
  expect(refusalOf(() => open(fileOf().bytes, from('203.0.113.1')))).toBe('none')
  expect(refusalOf(() => open(fileOf().bytes, from('203.0.113.1')))).toBe('overloaded')
})

test('a download that fails does not count any more', async () => {
  const open = createDownloads({ inAll: 1 })
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1)
    throw new Error('unreadable')
  }

  await expect(piecesOf(open(failing(), from('203.0.113.1')))).rejects.toThrow('unreadable')

  expect(refusalOf(() => open(fileOf().bytes, from('203.0.113.1')))).toBe('none')
})

test('at most four pieces are read at the same time, and none is lost', async () => {
  const open = createDownloads()
  let reading = 0
  let most = 0
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 3; i++) {
      most = Math.max(most, ++reading)
      await new Promise((resolve) => setImmediate(resolve))
      reading -= 1
      yield Uint8Array.of(i)
    }
  }

  const all = Array.from({ length: 12 }, () => piecesOf(open(pieces(), from('203.0.113.1'))))

  expect((await Promise.all(all)).flat()).toHaveLength(36)
  expect(most).toBe(4)
})
