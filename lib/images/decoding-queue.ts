/** Decodes large images one or two at a time in a separate child, which is forked on demand,
 *  exits when it is idle, and may crash without harm: never more memory than the budget, and no second attempt
 *  with an image that crashed it. It decodes nothing itself and does not handle small images. */
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { reportedError } from '#lib/domain/errors.ts'
import { createRestarts } from '#lib/domain/restart.ts'
import { LONGEST_SECONDS } from './decode.ts'
import { isWaiting, refuse, type DecodedImage, type DecodeOrder, type Task } from './decoding-tasks.ts'
import { laneOf } from './decode-placement.ts'
import { UNLIMITED, type MemoryGrant } from './memory-grant.ts'
import { decoderBusy, endedDecoder } from './refusals.ts'
import { createMemory, createRecent, hashOf } from './decode-cache.ts'

/** Longer than the decoder's own limit, which the decoder checks only between two rows. */
const LONGEST_MS = (LONGEST_SECONDS + 5) * 1_000
/** A child that has sent no message by then has failed. */
const LONGEST_START_MS = 15_000
/** Images up to this cost take a fraction of a second: photographs. One lane is always reserved for them. */
const QUICK_BYTES = 64 * 1024 ** 2
const MOST_WAITING = 256
/** The limit of encoded images in the queue, as a share of the budget. */
const WAITING_SHARE = 0.25
/** After this time the first image is not overtaken by cheaper ones any more. */
const OVERTAKEN_MS = 2_000
/** The memory of a child before it decodes: 39 MB, and some for the first image. */
const CHILD_BYTES = 48 * 1024 ** 2
const CHECK_EVERY_MS = 250
const MOST_FAILED_STARTS = 3
/** Up to this size an image is hashed, so that several requests for the same image share one decoding. */
const MOST_SHARED_BYTES = 1024 ** 2

export type DecodingChild = {
  readonly send: (message: DecodingRequest) => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  readonly listen: (onMessage: {
    message: (message: DecodingMessage) => void
    exit: (cause: string) => void
  }) => void
}

export type DecodingParts = {
  readonly fork: () => DecodingChild
  readonly clock: { readonly now: () => number; readonly after: (ms: number, then: () => void) => () => void }
  readonly log: (
    level: 'info' | 'warn' | 'error',
    message: string,
    details?: Readonly<Record<string, unknown>>,
  ) => void
  /** The maximum memory for all concurrent decoding. */
  readonly budgetBytes: number
  /** The part of the budget that this process may use now; default: all of it. */
  readonly grant?: MemoryGrant
  /** The number of images decoded at the same time. */
  readonly lanes: number
  readonly idleMs: number
  /** The memory that is free now; default: enough. */
  readonly availableBytes?: () => number
}

export type DecodingQueue = AsyncDisposable & {
  /** Refuses at once an image that can never be decoded here; as overloaded one that must wait too long. */
  readonly decode: (bytes: Uint8Array, order: DecodeOrder) => Promise<DecodedImage>
  readonly figures: () => { readonly waiting: number; readonly running: number; readonly heldBytes: number }
}

type ActiveTask = Task & { readonly startedAt: number; readonly cancelTimer: () => void }

export function createDecodingQueue({
  fork,
  clock,
  log,
  budgetBytes,
  grant = UNLIMITED,
  lanes,
  idleMs,
  availableBytes = () => Infinity,
}: DecodingParts): DecodingQueue {
  const waiting: Task[] = []
  const running = new Map<number, ActiveTask>()
  const remembered = createMemory(clock)
  /** When each purpose was last served: thumbnails and predictions take turns. */
  const served = new Map<string, number>()
  const recent = createRecent(clock)
  let child: DecodingChild | null = null
  let isReady = false
  let isEnding = false
  const restarts = createRestarts()
  let complaint = ''
  let lastId = 0
  let turns = 0
  let cancelChildTimer = () => {}
  let cancelCheck: (() => void) | null = null

  grant.onMore(check)
  const heldBytes = (): number => [...running.values()].reduce((sum, task) => sum + task.cost, 0)

  async function decode(bytes: Uint8Array, order: DecodeOrder): Promise<DecodedImage> {
    const { cost } = laneOf(bytes, { maxPixels: order.maxPixels, maxBytes: budgetBytes }, budgetBytes)
    const why = remembered.find(bytes)
    if (why !== null) throw endedDecoder(why)
    if (isEnding) throw decoderBusy('Darkroom is shutting down')
    const key = bytes.length > MOST_SHARED_BYTES ? null : `${hashOf(bytes)} ${JSON.stringify(order.wish)}`
    const cached = key === null ? null : recent.find(key)
    if (cached) return { ...cached, queuedMs: 0 }
    const same = key === null ? undefined : [...waiting, ...running.values()].find((task) => task.key === key)
    if (same)
      return new Promise((resolve, reject) =>
        same.waiters.push({ since: clock.now(), order, resolve, reject }),
      )
    if (waiting.length >= MOST_WAITING)
      throw decoderBusy(`${waiting.length} large images are already waiting`)
    const waitingBytes = waiting.reduce((sum, task) => sum + task.bytes.length, 0)
    if (waiting.length > 0 && waitingBytes + bytes.length > budgetBytes * WAITING_SHARE)
      throw decoderBusy(`large images of ${Math.round(waitingBytes / 1e6)} MB are already waiting`)
    return new Promise((resolve, reject) => {
      waiting.push({
        key,
        bytes,
        order,
        cost,
        since: clock.now(),
        isAlone: false,
        waiters: [{ since: clock.now(), order, resolve, reject }],
      })
      check()
    })
  }

  function check(): void {
    cancelCheck?.()
    cancelCheck = null
    dropUnwanted()
    for (let next = nextTask(); next !== null; next = nextTask()) startTask(next)
    grant.update(heldBytes(), Math.min(budgetBytes, heldBytes() + (waiting[0]?.cost ?? 0)))
    if (waiting.length > 0) {
      cancelCheck = clock.after(CHECK_EVERY_MS, check)
      if (child === null) start()
    } else if (running.size === 0 && child !== null && isReady) {
      cancelChildTimer()
      cancelChildTimer = clock.after(idleMs, leave)
    }
  }

  function dropUnwanted(): void {
    for (const task of waiting.splice(0)) {
      const still = task.waiters.filter((waiter) => isWaiting(waiter, clock.now()))
      task.waiters.splice(0, task.waiters.length, ...still)
      if (still.length > 0) waiting.push(task)
    }
  }

  /** Purposes take turns; within one purpose the first task goes first, unless only a smaller one fits. */
  function nextTask(): Task | null {
    if (!isReady || child === null) return null
    const inOrder = waiting.toSorted(
      (a, b) => (served.get(a.order.wish.kind) ?? 0) - (served.get(b.order.wish.kind) ?? 0),
    )
    for (const task of inOrder) {
      if (fits(task)) return task
      if (
        task.cost > QUICK_BYTES &&
        clock.now() - task.since > OVERTAKEN_MS &&
        running.size < lanes &&
        heavies() < heavyLanes
      )
        return null
    }
    return null
  }

  const heavyLanes = Math.max(1, lanes - 1)
  const heavies = (): number => [...running.values()].filter(({ cost }) => cost > QUICK_BYTES).length

  function fits(task: Task): boolean {
    if (running.size >= lanes || [...running.values()].some(({ isAlone }) => isAlone)) return false
    if (task.isAlone && running.size > 0) return false
    if (task.cost > QUICK_BYTES && heavies() >= heavyLanes) return false
    const granted = Math.min(budgetBytes, grant.grantedBytes())
    return heldBytes() + task.cost <= granted && task.cost <= availableBytes()
  }

  function startTask(task: Task): void {
    cancelChildTimer()
    waiting.splice(waiting.indexOf(task), 1)
    served.set(task.order.wish.kind, ++turns)
    const id = ++lastId
    const { wish, maxPixels } = task.order
    const cancelTimer = clock.after(LONGEST_MS, () =>
      abort(`decoding an image takes longer than ${LONGEST_SECONDS} s`),
    )
    running.set(id, { ...task, startedAt: clock.now(), cancelTimer })
    child?.send({ kind: 'decode', id, bytes: task.bytes, wish, maxPixels, maxBytes: budgetBytes })
  }

  function start(): void {
    if (availableBytes() < CHILD_BYTES) return // checked again later
    complaint = ''
    isReady = false
    const current = fork()
    child = current
    cancelChildTimer = clock.after(LONGEST_START_MS, () =>
      abort(`it was not ready within ${LONGEST_START_MS / 1000} s`),
    )
    current.listen({
      message: (message) => {
        if (child === current) onMessage(message)
      },
      exit: (cause) => {
        if (child === current) onExit(cause)
      },
    })
  }

  function onMessage(message: DecodingMessage): void {
    if (message.kind === 'ready') {
      cancelChildTimer()
      isReady = true
      restarts.started()
      return check()
    }
    if (message.kind === 'unable') {
      complaint = message.reason
      return
    }
    if (message.kind === 'over') {
      complaint = `decoding it used more memory than expected (${Math.round(message.usedBytes / 1024 ** 2)} MB)`
      return
    }
    const task = running.get(message.id)
    if (!task) return
    running.delete(message.id)
    task.cancelTimer()
    if (message.kind === 'decoded') {
      const { kind: _, id: __, ...image } = message
      if (task.key !== null) recent.add(task.key, image)
      for (const { since, resolve } of task.waiters)
        resolve({ ...image, queuedMs: Math.max(0, task.startedAt - since) })
    } else refuse(task, reportedError(message.failure))
    check()
  }

  function abort(why: string): void {
    complaint = why
    child?.kill('SIGKILL')
  }

  /** A task that was alone has crashed it; of several it is unknown which one did, so each is decoded once more,
   *  alone. */
  function onExit(cause: string): void {
    const why = complaint || `the process that decoded it ended (${cause})`
    cancelChildTimer()
    child = null
    isReady = false
    const open = [...running.values()]
    running.clear()
    for (const task of open) {
      task.cancelTimer()
      if (open.length > 1) waiting.unshift({ ...task, isAlone: true })
      else {
        remembered.add(task.bytes, why)
        refuse(task, endedDecoder(why))
      }
    }
    log('warn', `The decoding process ended: ${why}`, { cause, images: open.length })
    const { waitMs, failedStarts } = restarts.ended(complaint || cause)
    if (failedStarts >= MOST_FAILED_STARTS) {
      for (const task of waiting.splice(0))
        refuse(task, decoderBusy(`the process that decodes large images cannot be started: ${why}`))
    }
    cancelCheck?.()
    cancelCheck = clock.after(waitMs, check)
  }

  function leave(): void {
    const leaving = child
    child = null
    isReady = false
    leaving?.kill('SIGTERM')
  }

  return {
    decode,
    figures: () => ({ waiting: waiting.length, running: running.size, heldBytes: heldBytes() }),
    async [Symbol.asyncDispose]() {
      isEnding = true
      cancelCheck?.()
      cancelChildTimer()
      for (const task of running.values()) task.cancelTimer()
      for (const task of [...running.values(), ...waiting.splice(0)])
        refuse(task, decoderBusy('Darkroom is shutting down'))
      running.clear()
      leave()
    },
  }
}
