import { expect, test } from 'vitest'
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { createDecodingQueue, type DecodingChild, type DecodingQueue } from './decoding-queue.ts'
import { type DecodedImage, type DecodeOrder } from './decoding-tasks.ts'
import { drawn } from './drawn.fakes.ts'
import { encodePng } from './write-png.ts'

const MIB = 1024 ** 2
const order: DecodeOrder = { wish: { kind: 'size' }, maxPixels: 50e6, patienceMs: 10_000 }

/** A PNG header with this number of pixels per side, which is all that the queue reads; `colour` 2 is RGB, 6 RGBA.
 *  `mark` makes it another image. */
function png(side: number, { mark = 0, isInterlaced = false } = {}): Uint8Array {
  const bytes = Uint8Array.from(encodePng(drawn(4, 4)))
  const view = new DataView(bytes.buffer)
  view.setUint32(16, side)
  view.setUint32(20, side)
  bytes[25] = 6
  bytes[28] = isInterlaced ? 1 : 0
  bytes[bytes.length - 1] = mark
  return bytes
}

type Fake = DecodingChild & {
  readonly got: DecodingRequest[]
  readonly emit: (message: DecodingMessage) => void
  readonly die: (cause: string) => void
  readonly signals: string[]
}

function fakeChild(): Fake {
  const got: DecodingRequest[] = []
  const signals: string[] = []
  let listener: Parameters<DecodingChild['listen']>[0] | null = null
  return {
    got,
    signals,
    send: (message) => void got.push(message),
    kill: (signal) => void signals.push(signal),
    listen: (to) => {
      listener = to
    },
    emit: (message) => listener?.message(message),
    die: (cause) => listener?.exit(cause),
  }
}

type QueueFixture = {
  readonly queue: DecodingQueue
  readonly children: Fake[]
  readonly pass: (ms: number) => void
  readonly free: { bytes: number }
}

function queueWith({ budgetMb = 100, lanes = 2 } = {}): QueueFixture {
  const children: Fake[] = []
  const free = { bytes: Infinity }
  let now = 0
  let timers: { at: number; then: () => void }[] = []
  const queue = createDecodingQueue({
    fork: () => {
      children.push(fakeChild())
      return children.at(-1)!
    },
    clock: {
      now: () => now,
      after: (ms, then) => {
        const timer = { at: now + ms, then }
        timers.push(timer)
        return () => {
          timers = timers.filter((one) => one !== timer)
        }
      },
    },
    log: () => {},
    budgetBytes: budgetMb * MIB,
    lanes,
    idleMs: 5_000,
    availableBytes: () => free.bytes,
  })
  const pass = (ms: number): void => {
    for (const end = now + ms; ;) {
      const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) {
        now = end
        return
      }
      timers = timers.filter((one) => one !== next)
      now = Math.max(now, next.at)
      next.then()
    }
  }
  return { queue, children, pass, free }
}

const decoded = (id: number): DecodingMessage => ({
  kind: 'decoded',
  id,
  width: 1,
  height: 1,
  decodeMs: 1,
  data: new Uint8Array(3),
  dataWidth: 1,
  dataHeight: 1,
  problem: null,
})
const settled = (image: Promise<DecodedImage>): Promise<unknown> => image.catch((error: unknown) => error)
/** Promises of the queue settle in microtasks. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a child is forked for the first large image and exits when it has been idle', async () => {
  const { queue, children, pass } = queueWith()
  const answer = queue.decode(png(2_000), order)
  await turn()
  children[0]!.emit({ kind: 'ready' })
  children[0]!.emit(decoded(1))

  expect(await answer).toMatchObject({ width: 1, height: 1 })
  pass(5_001)
  expect(children[0]!.signals).toEqual(['SIGTERM'])

  void settled(queue.decode(png(2_100), order))
  await turn()
  expect(children).toHaveLength(2)
})

test('concurrent decoding never exceeds the memory budget, and one lane is reserved for quick images', async () => {
  const { queue, children } = queueWith({ budgetMb: 200, lanes: 3 })
  const heavy = [1, 2].map((mark) => queue.decode(png(3_600, { mark, isInterlaced: true }), order)) // 78 MB each
  const quick = [3, 4].map((mark) => queue.decode(png(1_500, { mark }), order)) // 19 MB each
  await turn()
  children[0]!.emit({ kind: 'ready' })

  expect(children[0]!.got.map(({ bytes }) => bytes.at(-1))).toEqual([1, 2, 3])
  expect(queue.figures().heldBytes).toBeLessThanOrEqual(200 * MIB)

  children[0]!.emit(decoded(3))
  expect(children[0]!.got.map(({ bytes }) => bytes.at(-1))).toEqual([1, 2, 3, 4])
  for (const id of [1, 2, 4]) children[0]!.emit(decoded(id))
  await Promise.all([...heavy, ...quick])
})

test('an image that needs more than the budget, or has too many pixels, is refused with the numbers', async () => {
  const { queue, children } = queueWith({ budgetMb: 100 })

  expect(await settled(queue.decode(png(6_900, { isInterlaced: true }), order))).toMatchObject({
    code: 'needs_more_memory',
    message: expect.stringContaining('the limit is 100 MB'),
  })
  expect(await settled(queue.decode(png(8_000), order))).toMatchObject({
    code: 'too_many_pixels',
    message: expect.stringContaining('the limit is 50 megapixels'),
  })
  expect(children).toHaveLength(0)
})

test('a request that waits too long gets the time to retry, and an aborted one is not decoded', async () => {
  const { queue, children, pass } = queueWith({ lanes: 1 })
  const aborted = new AbortController()
  void settled(queue.decode(png(2_000), order))
  const late = settled(queue.decode(png(2_000, { mark: 1 }), order))
  const settledAborted = settled(queue.decode(png(2_000, { mark: 2 }), { ...order, signal: aborted.signal }))
  await turn()
  children[0]!.emit({ kind: 'ready' })
  aborted.abort()
  pass(11_000)

  expect(await late).toMatchObject({ code: 'overloaded', extras: { retryAfterSeconds: 5 } })
  expect(await settledAborted).toMatchObject({ code: 'client_closed' })
  expect(children[0]!.got).toHaveLength(1)
})

test('an image that crashes the child alone is refused, remembered, and never tried again', async () => {
  const { queue, children } = queueWith()
  const answer = settled(queue.decode(png(2_000), order))
  await turn()
  children[0]!.emit({ kind: 'ready' })
  children[0]!.die('SIGKILL')

  expect(await answer).toMatchObject({
    code: 'needs_more_memory',
    message: expect.stringContaining('SIGKILL'),
  })
  expect(await settled(queue.decode(png(2_000), order))).toMatchObject({ code: 'needs_more_memory' })
  expect(children).toHaveLength(1)
})

test('when the child crashes with several images, each is decoded once more, alone', async () => {
  const { queue, children, pass } = queueWith()
  const [good, bad] = [1, 2].map((mark) => settled(queue.decode(png(1_500, { mark }), order)))
  await turn()
  children[0]!.emit({ kind: 'ready' })
  children[0]!.die('SIGSEGV')
  pass(1)
  const second = children[1]!
  second.emit({ kind: 'ready' })
  expect(second.got).toHaveLength(1)
  const first = second.got[0]!
  second.emit(decoded(first.id))
  expect(second.got).toHaveLength(2)
  second.die('SIGSEGV')

  const answers = await Promise.all([good, bad])
  expect(answers.filter((answer) => answer instanceof Error)).toHaveLength(1)
  expect(answers.filter((answer) => !(answer instanceof Error))).toHaveLength(1)
})

test('an image that exceeds the time limit is refused and its child ended', async () => {
  const { queue, children, pass } = queueWith()
  const answer = settled(queue.decode(png(2_000), order))
  await turn()
  children[0]!.emit({ kind: 'ready' })
  pass(36_000)
  expect(children[0]!.signals).toEqual(['SIGKILL'])
  children[0]!.die('SIGKILL')

  expect(await answer).toMatchObject({
    code: 'needs_more_memory',
    message: expect.stringContaining('longer than 30 s'),
  })
})

test('requests for the same image share one decoding', async () => {
  const { queue, children } = queueWith()
  const answers = Array.from({ length: 30 }, () => queue.decode(png(2_000), order))
  await turn()
  children[0]!.emit({ kind: 'ready' })
  expect(children[0]!.got).toHaveLength(1)
  children[0]!.emit(decoded(1))

  expect(await Promise.all(answers)).toHaveLength(30)
  expect(await queue.decode(png(2_000), order)).toMatchObject({ queuedMs: 0 })
  expect(children[0]!.got).toHaveLength(1)
})

test('while memory is short an image waits until there is enough', async () => {
  const { queue, children, pass, free } = queueWith()
  free.bytes = 10 * MIB
  void settled(queue.decode(png(2_000), order))
  await turn()
  expect(children).toHaveLength(0)
  free.bytes = 200 * MIB
  pass(300)
  children[0]!.emit({ kind: 'ready' })

  expect(children[0]!.got).toHaveLength(1)
})

test('thumbnails and predictions take turns', async () => {
  const { queue, children } = queueWith({ lanes: 1 })
  const kinds = ['thumbnail', 'thumbnail', 'thumbnail', 'size'] as const
  kinds.forEach(
    (kind, mark) =>
      void settled(
        queue.decode(png(1_500, { mark }), {
          ...order,
          wish: kind === 'size' ? { kind } : { kind, size: 96 },
        }),
      ),
  )
  await turn()
  children[0]!.emit({ kind: 'ready' })
  for (const id of [1, 2, 3]) children[0]!.emit(decoded(id))

  expect(children[0]!.got.map(({ wish }) => wish.kind)).toEqual([
    'thumbnail',
    'size',
    'thumbnail',
    'thumbnail',
  ])
})
