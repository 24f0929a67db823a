/**
 * Clients that keep connections open or send invalid input: idle ones, event streams, slow senders, odd
 * names, upgrades. Other clients must not notice, and each connection is answered or ended as promised.
 */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { familyOf } from './process-tree.ts'
import { upload } from './full-disk.ts'
import { inMb, inMs, tally, wait, type Context, type CheckResult } from './fault-scenario.ts'
import type { Product } from './product.ts'
import { startTraffic } from './traffic.ts'

const IDLE = 500
const STREAMS = 300
/** Of one stream; the rest is memory of the predicting processes for responses meanwhile. */
const MOST_KB_OF_A_STREAM = 100
const OTHERS = { clients: 4, pauseMs: 10 }
const OTHERS_MS = 3_000
const SETTLE_MS = 2_000
/** A median may not change by more than it does by chance on a busy machine. */
const TIMES_SLOWER = 2
const NOISE_MS = 20
const SENDERS_ENDED_WITHIN_MS = 40_000

export async function oddRequests({ product: shared }: Context): Promise<readonly CheckResult[]> {
  const product = await shared()
  const names = [
    '/api/classes?constructor=1',
    '/api/classes?toString=1',
    '/api/classes?__proto__=1',
    '/api/statistics?hasOwnProperty=1',
  ]
  const answers = await Promise.all(names.map((path) => product.request(path, { isAnonymous: true })))
  const proto = await product.request('/api/predict', {
    method: 'POST',
    type: 'application/json',
    body: '{"__proto__":{"a":1},"url":"x"}',
    isAnonymous: true,
  })
  const statuses = [...answers, proto].map(({ status, failure }) => failure ?? status)
  const upgraded = await Promise.all(
    ['h2c', 'websocket', 'TLS/1.2'].map((protocol) => statusWithUpgrade(product, protocol)),
  )
  return [
    {
      what: 'names such as constructor, toString and __proto__ in queries and JSON',
      expected: 'a 4xx to each, no 500',
      measured: tally(statuses),
      holds: statuses.every((status) => typeof status === 'number' && status >= 400 && status < 500),
    },
    {
      what: 'requests with an Upgrade header (h2c, websocket, TLS)',
      expected: 'the header is ignored: 200',
      measured: tally(upgraded),
      holds: upgraded.every((status) => status === 200),
    },
  ]
}

export async function heldConnections({ product: shared, say }: Context): Promise<readonly CheckResult[]> {
  const product = await shared()
  await upload(product, 4)
  const started = await product.request('/api/retrain', {
    method: 'POST',
    type: 'application/json',
    body: JSON.stringify({ classifier: 'shapes', recipe: 'head', force: true }),
  })
  const { id } = started.body['run'] as { id: string } // the response to a retrain; a refusal fails the scenario
  await wait(OTHERS_MS)
  const before = await othersFor(product)
  say(`${IDLE} idle connections and ${STREAMS} event streams`)
  const idle = await Promise.all(Array.from({ length: IDLE }, () => opened(product, '')))
  await wait(SETTLE_MS)
  const webBefore = predictMb(product)
  const head = streamHead(product, id)
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => opened(product, head)))
  await wait(SETTLE_MS)
  const webWithStreams = predictMb(product) // before others send anything: that takes memory of its own
  const meanwhile = await othersFor(product)
  for (const socket of [...idle, ...streams]) socket.destroy()
  const kbOfOne = ((webWithStreams - webBefore) * 1024) / STREAMS
  const most = before.p50Ms * TIMES_SLOWER + NOISE_MS
  return [
    {
      what: `${IDLE} idle connections and ${STREAMS} event streams: other requests`,
      expected: `median ≤ ${inMs(most)} (alone: ${inMs(before.p50Ms)}), none failed`,
      measured: `median ${inMs(meanwhile.p50Ms)}, p99 ${inMs(meanwhile.p99Ms)}, ${meanwhile.failures.length} failed`,
      holds: meanwhile.p50Ms <= most && meanwhile.failures.length === 0,
    },
    {
      what: `memory of ${STREAMS} event streams`,
      expected: `≤ ${MOST_KB_OF_A_STREAM} kB each in the predicting processes`,
      measured: `${Math.round(kbOfOne)} kB each (web ${inMb(webBefore)} → ${inMb(webWithStreams)})`,
      holds: kbOfOne <= MOST_KB_OF_A_STREAM,
    },
  ]
}

export async function slowSenders({ product: shared, say }: Context): Promise<readonly CheckResult[]> {
  const product = await shared()
  const heads: readonly (readonly [name: string, head: string, trickles: boolean])[] = [
    ['a part of a body and then nothing', headOf(product, 'image/png') + 'x'.repeat(1000), false],
    ['a body of 1 byte/s', headOf(product, 'image/png') + 'x'.repeat(1000), true],
    [
      'a form of 1 byte/s',
      `${headOf(product, 'multipart/form-data; boundary=abc')}--abc\r\nContent-Disposition: form-data; ` +
        'name="file"; filename="a.png"\r\n\r\nx',
      true,
    ],
    ['headers of 1 byte/s', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ', true],
    ['nothing', '', false],
  ]
  say(`${heads.length} slow clients, up to ${SENDERS_ENDED_WITHIN_MS / 1000} s`)
  return Promise.all(
    heads.map(async ([name, head, trickles]): Promise<CheckResult> => {
      const began = performance.now()
      const socket = await opened(product, head)
      const beat = setInterval(() => {
        if (trickles && socket.writable) socket.write('a')
      }, 1_000)
      const isEnded = await Promise.race([
        once(socket, 'close').then(
          () => true,
          () => true,
        ),
        wait(SENDERS_ENDED_WITHIN_MS).then(() => false),
      ])
      clearInterval(beat)
      socket.destroy()
      return {
        what: `a client that sends ${name}`,
        expected: `closed within ${SENDERS_ENDED_WITHIN_MS / 1000} s`,
        measured: isEnded
          ? `closed after ${((performance.now() - began) / 1000).toFixed(0)} s`
          : 'still open',
        holds: isEnded,
      }
    }),
  )
}

async function othersFor(product: Product) {
  const others = startTraffic(product, OTHERS)
  await wait(OTHERS_MS)
  return others.end()
}

const predictMb = ({ pid }: Product): number =>
  familyOf(pid)
    .filter(({ name }) => name === 'predict')
    .reduce((sum, { rssMb }) => sum + rssMb, 0)

const streamHead = ({ url, bearer }: Product, id: string): string =>
  `GET /api/runs/${id}/events HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: ${bearer}\r\n` +
  'Accept: text/event-stream\r\n\r\n'

const headOf = ({ url }: Product, type: string): string =>
  `POST /api/predict?classifier=shapes HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: ${type}\r\n` +
  'Content-Length: 2000000\r\n\r\n'

/** A connection on which this text was sent; its responses are read and discarded. */
async function opened({ url }: Product, text: string): Promise<Socket> {
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.resume()
  await once(socket, 'connect')
  if (text !== '') socket.write(text)
  return socket
}

/** 0: there was no response. */
function statusWithUpgrade({ url }: Product, protocol: string): Promise<number> {
  return new Promise((resolve) => {
    const input = request(`${url}/api/health/live`, {
      headers: { connection: 'Upgrade', upgrade: protocol },
      timeout: 5_000,
    })
    input.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    input.once('upgrade', () => resolve(101))
    input.once('error', () => resolve(0))
    input.once('timeout', () => input.destroy())
    input.end()
  })
}
