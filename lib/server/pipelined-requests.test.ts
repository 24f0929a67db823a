/** On real sockets, because Node decides when a response that waits behind another one is sent. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { exchange } from './exchange.fakes.ts'
import { createPipelining } from './pipelined-requests.ts'

const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n`
const LAST = get('/last', 'connection: close\r\n')

/** A server whose responses end when the test says so; `started`: the paths of all requests so far. */
async function listening(answer: (response: ServerResponse) => void = () => {}) {
  const inTurn = createPipelining()
  const started: string[] = []
  const responses: { readonly path: string; readonly response: ServerResponse }[] = []
  const server = createServer((message, arrived) =>
    inTurn(message, arrived, ({ url = '' }, response) => {
      started.push(url)
      responses.push({ path: url, response })
      answer(response)
    }),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const finish = (): void => {
    const { path, response } = responses.shift()!
    response.end(`[${path}]`)
  }
  return { port: (server.address() as AddressInfo).port, started, finish }
}

test('requests that arrive before earlier responses are sent are handled one after the other, in order', async () => {
  const { port, started, finish } = await listening()
  const paths = Array.from({ length: 20 }, (_, i) => `/${i}`)

  const output = exchange(port, paths.map((path) => get(path)).join('') + LAST)
  for (let answered = 0; answered <= 20; answered++) {
    await expect.poll(() => started.length, { interval: 1 }).toBe(answered + 1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(started).toHaveLength(answered + 1)
    finish()
  }

  expect((await output).match(/\[[^\]]+\]/g)).toEqual([...paths, '/last'].map((path) => `[${path}]`))
})

test('a connection on which too many requests wait is closed, and others continue', async () => {
  const { port, started, finish } = await listening()
  const other = exchange(port, LAST)
  await expect.poll(() => started).toEqual(['/last'])

  const output = await exchange(port, get('/x').repeat(66))
  finish()

  expect(output).toBe('')
  expect(started).toEqual(['/last', '/x'])
  expect(await other).toContain('[/last]')
})

test('a request behind a response that closes the connection is not handled', async () => {
  const { port, started } = await listening((response) => {
    response.setHeader('connection', 'close').end('whole')
  })

  const output = await exchange(port, get('/x') + LAST)

  expect(output).toContain('whole')
  expect(started).toEqual(['/x'])
})
