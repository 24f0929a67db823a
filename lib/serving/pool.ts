/** Named inference children that share the work: each holds the same versions, and what a dying one leaves unanswered another answers.
 *  It forms no batches and knows no champion. */
import type { FromInference, InferredPicture, VersionRef } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { SteadyClock, InferenceChild, LogLine } from './ports.ts'
import { badBundle, crashedTwice, notReady } from './refusals.ts'
import { ChildGone, createSeat, type Seat } from './seat.ts'

/** Longer than the decoder's own limit for one picture (30 s), so that only a real hang is met. */
export const LONGEST_BATCH_MS = 45_000
/** Reading, checking and warming a version; the largest networks compile for some seconds on a busy machine. */
export const LONGEST_LOAD_MS = 60_000

export type PoolParts = {
  readonly name: string
  readonly size: number
  readonly fork: () => InferenceChild
  readonly clock: SteadyClock
  readonly log: LogLine
  /** A child has become free, ready, or is gone. */
  readonly changed: () => void
}

export type Inferred = { readonly pictures: readonly InferredPicture[]; readonly inferenceMs: number; readonly engine: EngineName | null }

/** Whose answer is explained: the class by its index, calibrated by the temperature. */
export type Explaining = { readonly maxPixels: number; readonly predicted: number; readonly temperature: number }
export type Explained = Omit<Extract<FromInference, { kind: 'explained' }>, 'kind' | 'id'>

export type Pool = AsyncDisposable & {
  /** Loads a version into every child; refused when the first one objects to it. */
  readonly load: (version: VersionRef) => Promise<void>
  readonly unload: (key: string) => void
  readonly infer: (version: VersionRef, pictures: readonly Uint8Array[], limits: { maxPixels: number; wantsFeatures: boolean }) => Promise<Inferred>
  /** On which places of the picture an answer depends. The child goes on answering others meanwhile. */
  readonly explain: (version: VersionRef, picture: Uint8Array, about: Explaining) => Promise<Explained>
  /** Children that can take work, now. */
  readonly ready: () => number
  readonly engine: () => EngineName | null
  readonly children: () => readonly { name: string; pid: number | null; state: Seat['state']; reason: string }[]
}

export function createPool({ name, size, fork, clock, log, changed }: PoolParts): Pool {
  const resident = new Map<string, VersionRef>()
  const takers: ((seat: Seat) => void)[] = []
  let isEnding = false

  // The first child alone, so that it is ready soonest; the others when it is, or has failed to be.
  const seats = [openSeat(1)]

  function openSeat(number: number): Seat {
    return createSeat({ name: `${name} ${number}`, fork, clock, log, prepare, changed: (seat) => {
      if (!isEnding) while (seats.length < size) seats.push(openSeat(seats.length + 1))
      if (seat.state === 'ready') free(seat)
      else changed()
    } })
  }

  /** A child that comes later learns what the others know. One that cannot load a version serves the rest. */
  async function prepare(seat: Seat): Promise<void> {
    for (const version of [...resident.values()]) {
      await loadInto(seat, version).catch((error: unknown) => {
        if (error instanceof ChildGone) throw error
        log('error', `${seat.name} cannot load ${version.key}: ${String(error)}`)
      })
    }
  }

  async function loadInto(seat: Seat, version: VersionRef): Promise<void> {
    if (seat.loaded.has(version.key)) return
    const answer = await seat.ask({ kind: 'load', version }, LONGEST_LOAD_MS)
    if (answer.kind === 'failed') throw badBundle(version.key, answer.reason)
    seat.loaded.add(version.key)
  }

  /** One child goes first: what ruins it ruins no other. */
  async function load(version: VersionRef): Promise<void> {
    if (resident.has(version.key)) return
    const first = await take()
    try {
      await loadInto(first, version)
    } catch (error) {
      throw error instanceof ChildGone ? badBundle(version.key, `the process that loaded it ended: ${error.message}`) : error
    } finally {
      free(first)
    }
    resident.set(version.key, version)
    const others = seats.filter((seat) => seat !== first && seat.state === 'ready')
    await Promise.all(others.map((seat) => loadInto(seat, version).catch((error: unknown) => log('error', `${seat.name} cannot load ${version.key}: ${String(error)}`))))
  }

  function unload(key: string): void {
    resident.delete(key)
    for (const seat of seats) if (seat.loaded.delete(key)) seat.tell({ kind: 'unload', key })
  }

  /** What a crash leaves open is asked once more, picture by picture, so that one that ends processes fails alone. */
  const infer: Pool['infer'] = async (version, pictures, limits) => {
    try {
      return await inferOnce(version, pictures, limits)
    } catch (error) {
      if (!(error instanceof ChildGone)) throw error
      log('warn', `${pictures.length} pictures are asked again: ${error.message}`, { key: version.key })
    }
    const alone = await Promise.all(pictures.map((picture) => inferOnce(version, [picture], limits).catch(crashed)))
    return {
      pictures: alone.map((one) => one?.pictures[0] ?? crashedTwice),
      inferenceMs: alone.reduce((sum, one) => sum + (one?.inferenceMs ?? 0), 0),
      engine: alone.find((one) => one !== null)?.engine ?? null,
    }
  }

  async function inferOnce(version: VersionRef, pictures: readonly Uint8Array[], limits: { maxPixels: number; wantsFeatures: boolean }): Promise<Inferred> {
    const seat = await take()
    try {
      await loadInto(seat, version)
      const answer = await seat.ask({ kind: 'infer', key: version.key, pictures, ...limits }, LONGEST_BATCH_MS)
      if (answer.kind === 'inferred' && answer.pictures.length === pictures.length) return { pictures: answer.pictures, inferenceMs: answer.inferenceMs, engine: seat.engine }
      if (answer.kind === 'failed') throw couldNot(answer)
      throw new Error(`${seat.name} answered ${pictures.length} pictures with "${answer.kind}"`)
    } finally {
      free(seat)
    }
  }

  /** Asked once: whoever wants to know asks again. */
  async function explain(version: VersionRef, picture: Uint8Array, about: Explaining): Promise<Explained> {
    const seat = await take()
    try {
      await loadInto(seat, version).finally(() => free(seat))
      const answer = await seat.ask({ kind: 'explain', key: version.key, picture, ...about }, LONGEST_BATCH_MS)
      if (answer.kind === 'explained') return answer
      if (answer.kind === 'failed') throw couldNot(answer)
      throw new Error(`${seat.name} answered "explain" with "${answer.kind}"`)
    } catch (error) {
      throw error instanceof ChildGone ? notReady(`the process that looked at the picture ended: ${error.message}`, error) : error
    }
  }

  function crashed(error: unknown): null {
    if (error instanceof ChildGone) return null
    throw error
  }

  /** An idle child, or the next one that is. */
  function take(): Promise<Seat> {
    const idle = seats.find((seat) => seat.state === 'ready' && !seat.busy)
    if (idle) {
      idle.busy = true
      return Promise.resolve(idle)
    }
    if (isEnding) return Promise.reject(new ChildGone(`${name} is ending`))
    return new Promise((resolve) => takers.push((seat) => { seat.busy = true; resolve(seat) }))
  }

  function free(seat: Seat): void {
    seat.busy = false
    if (seat.state !== 'ready') return
    const next = takers.shift()
    if (next) next(seat)
    else changed()
  }

  return {
    load,
    unload,
    infer,
    explain,
    ready: () => seats.filter((seat) => seat.state === 'ready').length,
    engine: () => seats.find((seat) => seat.state === 'ready')?.engine ?? null,
    children: () => seats.map(({ name, pid, state, reason }) => ({ name, pid, state, reason })),
    [Symbol.asyncDispose]: async () => {
      isEnding = true
      await Promise.all(seats.map((seat) => seat.end()))
    },
  }
}

const couldNot = ({ code, reason }: Extract<FromInference, { kind: 'failed' }>): DarkroomError =>
  new DarkroomError(code, { what: 'The engine could not answer', why: reason, remedy: 'Try again; /api/health says how the engine is.' })
