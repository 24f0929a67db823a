/**
 * Sends predictions to a product and records the status and time of each response: with a fixed number in
 * flight, or at a fixed rate however long the responses take. autocannon does not separate the times of
 * accepted responses from those of refusals. Requests are written as bytes that were prepared beforehand: Node's
 * HTTP client takes as much of a core as the product needs to refuse a request, and would measure itself.
 */
import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'

const DIFFERENT_IMAGES = 200
const TICK_MS = 2
/**
 * Open connections at a fixed rate: what cannot be sent on one of these waits for a free one, and its time
 * counts.
 */
const MOST_SOCKETS = 2_000
const TIMEOUT_MS = 20_000

export type SentAnswer = {
  /** 0: the connection ended or stayed silent. */
  readonly status: number
  readonly ms: number
  readonly endedAt: number
  readonly retryAfter: string | undefined
}

/** `type`: of all of them. */
type SentImages = { readonly type: string; readonly images: readonly Uint8Array[] }
type Load = { readonly seconds: number } & ({ readonly connections: number } | { readonly perSecond: number })
type Response = Pick<SentAnswer, 'status' | 'retryAfter'>
/** Gets the response to a request. */
type Receiver = (response: Response) => void

const NO_RESPONSE: Response = { status: 0, retryAfter: undefined }

/** `url`: where images are posted, as files of a form if `asForm`, otherwise as bodies. */
export function createSender(
  url: string,
  asForm = false,
  sent: SentImages = { type: 'image/png', images: drawnImages() },
): Disposable & {
  readonly one: () => Promise<SentAnswer>
  readonly fire: (load: Load) => Promise<readonly SentAnswer[]>
} {
  const { host, hostname, port, pathname, search } = new URL(url)
  const requests = preparedRequests({ host, path: pathname + search, asForm }, sent)
  const pool = createPool(hostname, Number(port))
  let count = 0

  const one = (): Promise<SentAnswer> =>
    new Promise((resolve) => {
      const began = performance.now()
      pool.send(requests[count++ % requests.length]!, (response) => {
        const endedAt = performance.now()
        resolve({ ...response, ms: endedAt - began, endedAt })
      })
    })

  async function fire(load: Load): Promise<SentAnswer[]> {
    const answers: SentAnswer[] = []
    const end = performance.now() + load.seconds * 1_000
    if ('connections' in load) {
      await Promise.all(
        Array.from({ length: load.connections }, async () => {
          while (performance.now() < end) answers.push(await one())
        }),
      )
      return answers
    }
    const open = new Set<Promise<unknown>>()
    const began = performance.now()
    let sentCount = 0
    while (performance.now() < end) {
      for (const due = ((performance.now() - began) / 1_000) * load.perSecond; sentCount < due; sentCount++) {
        const sending = one().then((answer) => {
          answers.push(answer)
          open.delete(sending)
        })
        open.add(sending)
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    }
    await Promise.all(open)
    return answers
  }

  return { one, fire, [Symbol.dispose]: pool.close }
}

/** 200 different PNGs of 40 pixels. */
export const drawnImages = (): readonly Uint8Array[] =>
  Array.from({ length: DIFFERENT_IMAGES }, (_, seed) =>
    encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed)),
  )

const BOUNDARY = 'darkroom-benchmark'
const formOf = (type: string) => ({
  type: `multipart/form-data; boundary=${BOUNDARY}`,
  before:
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="image.png"\r\n` +
    `content-type: ${type}\r\n\r\n`,
  after: `\r\n--${BOUNDARY}--\r\n`,
})

function preparedRequests(
  to: { readonly host: string; readonly path: string; readonly asForm: boolean },
  sent: SentImages,
): readonly Buffer[] {
  const { type, before, after } = to.asForm ? formOf(sent.type) : { type: sent.type, before: '', after: '' }
  return sent.images.map((image) => {
    const body = Buffer.concat([Buffer.from(before, 'latin1'), image, Buffer.from(after, 'latin1')])
    const head =
      `POST ${to.path} HTTP/1.1\r\nhost: ${to.host}\r\n` +
      `content-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`
    return Buffer.concat([Buffer.from(head, 'latin1'), body])
  })
}

/** Connections that are kept open, each with one request at a time; the one that has been idle longest is next. */
function createPool(host: string, port: number) {
  const idle: Connection[] = []
  const all = new Set<Connection>()
  const waiting: { readonly bytes: Buffer; readonly answered: Receiver }[] = []

  function add(): Connection {
    const connection: Connection = createConnection(connect({ host, port, noDelay: true }), {
      free() {
        const next = waiting.shift()
        if (next) connection.send(next.bytes, next.answered)
        else idle.push(connection)
      },
      ended() {
        all.delete(connection)
        const index = idle.indexOf(connection)
        if (index >= 0) idle.splice(index, 1)
        const next = waiting.shift()
        if (next) add().send(next.bytes, next.answered)
      },
    })
    all.add(connection)
    return connection
  }

  return {
    send(bytes: Buffer, answered: Receiver): void {
      const free = idle.shift()
      if (free) free.send(bytes, answered)
      else if (all.size < MOST_SOCKETS) add().send(bytes, answered)
      else waiting.push({ bytes, answered })
    },
    close() {
      for (const connection of all) connection.close()
    },
  }
}

type Connection = {
  readonly send: (bytes: Buffer, answered: Receiver) => void
  readonly close: () => void
}

/** `free`: the response is complete; `ended`: the connection cannot be used any more. */
function createConnection(
  socket: Socket,
  { free, ended }: { readonly free: () => void; readonly ended: () => void },
): Connection {
  let answered: Receiver | null = null
  let received = ''

  const settle = (response: Response): void => {
    const tell = answered
    answered = null
    received = ''
    tell?.(response)
  }
  socket.setEncoding('latin1')
  socket.setTimeout(TIMEOUT_MS, () => {
    if (answered !== null) socket.destroy()
  })
  socket.on('error', () => {}) // `close` follows
  socket.on('close', () => {
    ended()
    settle(NO_RESPONSE)
  })
  socket.on('data', (text: string) => {
    received += text
    const response = responseIn(received)
    if (response === null) return
    settle(response)
    free()
  })
  return {
    send(bytes, then) {
      answered = then
      socket.write(bytes)
    },
    close: () => socket.destroy(),
  }
}

/** Null while it is incomplete. The product states the length of every prediction. */
function responseIn(text: string): Response | null {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return null
  const length = headerIn(text, 'content-length', head)
  if (length === undefined) throw new Error(`A response without content-length: ${text.slice(0, head)}`)
  if (text.length < head + 4 + Number(length)) return null
  return { status: Number(text.slice(9, 12)), retryAfter: headerIn(text, 'retry-after', head) }
}

function headerIn(text: string, name: string, end: number): string | undefined {
  const match = new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(text.slice(0, end))
  return match?.[1]
}

/** The value below which this share of the values lies; 0 for an empty list. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
