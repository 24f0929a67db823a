/** One place of the pool: a named child that is started, spoken to, watched, and replaced when it dies. It
 *  decides nothing about versions or pictures; the pool does. */
import type { FromInference, Starting, ToInference } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { createRestarts } from '#lib/domain/restart.ts'
import type { SteadyClock, InferenceChild, LogLine } from './ports.ts'

/** A child that has not said anything by then never will. TensorFlow's library takes about 2 s to load on a
 *  busy machine. */
export const LONGEST_START_MS = 30_000
/** From TERM to KILL. */
const ENDING_MS = 2_000

/** The child died, or was ended because it hung, before it answered. Never leaves the pool. */
export class ChildGone extends Error {}

type Answer = Exclude<FromInference, Starting | { kind: 'memory' }>
type Question = Extract<ToInference, { id: number }>
type Unasked<Q> = Q extends Question ? Omit<Q, 'id'> : never

export type SeatParts = {
  readonly name: string
  readonly fork: () => InferenceChild
  readonly clock: SteadyClock
  readonly log: LogLine
  /** Brings a child that is ready up to date; only then it counts. */
  readonly prepare: (seat: Seat) => Promise<void>
  readonly changed: (seat: Seat) => void
}

export type Seat = {
  readonly name: string
  state: 'starting' | 'ready' | 'away' | 'ended'
  busy: boolean
  engine: EngineName | null
  /** Why it is not ready, for health. */
  reason: string
  pid: number | null
  rssMb: number | null
  readonly loaded: Set<string>
  readonly ask: (question: Unasked<Question>, longestMs: number) => Promise<Answer>
  readonly tell: (message: Exclude<ToInference, Question>) => void
  readonly end: () => Promise<void>
}

type Pending = {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  readonly callOff: () => void
}

export function createSeat({ name, fork, clock, log, prepare, changed }: SeatParts): Seat {
  const pending = new Map<number, Pending>()
  let child: InferenceChild | null = null
  let lastId = 0
  const restarts = createRestarts()
  let startedAt = 0
  let complaint = ''
  let callOffStart = () => {}
  let exited = () => {}

  const seat: Seat = {
    name,
    state: 'starting',
    busy: false,
    engine: null,
    reason: 'it is starting',
    pid: null,
    rssMb: null,
    loaded: new Set(),
    ask,
    tell,
    end,
  }
  start()
  return seat

  function start(): void {
    startedAt = clock.now()
    complaint = ''
    seat.state = 'starting'
    const current = fork()
    child = current
    seat.pid = current.pid
    current.listen({
      message: (message) => {
        if (child === current) hear(message)
      },
      exit: (cause) => {
        if (child === current) gone(cause)
      },
    })
    callOffStart = clock.after(LONGEST_START_MS, () =>
      giveUp(`it was not ready within ${LONGEST_START_MS / 1000} s`),
    )
  }

  function hear(message: FromInference): void {
    switch (message.kind) {
      case 'ready':
        callOffStart()
        seat.engine = message.engine
        return void getReady()
      case 'unable':
        complaint = message.reason
        return
      case 'memory':
        seat.rssMb = message.rssMb
        return
      default: {
        const asked = pending.get(message.id)
        pending.delete(message.id)
        asked?.callOff()
        asked?.resolve(message)
      }
    }
  }

  async function getReady(): Promise<void> {
    const current = child
    try {
      await prepare(seat)
    } catch (error) {
      if (child === current && !(error instanceof ChildGone)) giveUp(String(error))
      return
    }
    if (child !== current) return
    restarts.started()
    seat.state = 'ready'
    seat.reason = ''
    log('info', `${name} is ready`, {
      child_pid: seat.pid,
      engine: seat.engine,
      ms: Math.round(clock.now() - startedAt),
    })
    changed(seat)
  }

  function ask(question: Unasked<Question>, longestMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (child === null) return reject(new ChildGone(`${name} is not running`))
      const id = ++lastId
      const callOff = clock.after(longestMs, () =>
        giveUp(`it did not reply to "${question.kind}" within ${longestMs / 1000} s`),
      )
      pending.set(id, { resolve, reject, callOff })
      child.send({ ...question, id })
    })
  }

  function tell(message: Exclude<ToInference, Question>): void {
    child?.send(message)
  }

  /** A hanging child cannot be talked to: it is killed, and its exit does the rest. */
  function giveUp(why: string): void {
    complaint = why
    log('error', `${name} is being stopped: ${why}`, { child_pid: seat.pid })
    child?.kill('SIGKILL')
  }

  function gone(cause: string): void {
    const why = complaint || cause
    const wasEnding = seat.state === 'ended'
    callOffStart()
    child = null
    Object.assign(seat, { pid: null, rssMb: null, busy: false })
    seat.loaded.clear()
    for (const { reject, callOff } of pending.values()) {
      callOff()
      reject(new ChildGone(why))
    }
    pending.clear()
    if (wasEnding) return exited()
    const { waitMs, failedStarts } = restarts.ended(why)
    Object.assign(seat, { state: 'away', reason: why })
    log('error', `${name} ended: ${why}. It is restarted${waitMs > 0 ? ` in ${waitMs} ms` : ''}.`, {
      cause,
      failed_starts: failedStarts,
    })
    changed(seat)
    callOffStart = clock.after(waitMs, start)
  }

  /** An asked-for exit is no accident: nobody starts it again, and who hangs is killed. */
  async function end(): Promise<void> {
    callOffStart()
    seat.state = 'ended'
    const current = child
    if (current === null) return
    await new Promise<void>((resolve) => {
      const callOff = clock.after(ENDING_MS, () => current.kill('SIGKILL'))
      exited = () => {
        callOff()
        resolve()
      }
      current.kill('SIGTERM')
    })
  }
}
