/**
 * The serving module of a web process behind processes that compute predictions: it knows from them, through the
 * supervisor, what they serve, and computes nothing. Requests that need a prediction never reach this process
 * (lib/server/fast-path.ts).
 */
import type { ServingState } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import type { Log } from '#lib/operations/log.ts'
import { recurring } from '#lib/operations/recurring.ts'
import { notReady } from '#lib/serving/refusals.ts'
import { steadyClock } from '../clock.ts'
import type { ServingModule } from './compose-serving.ts'

/** Uploads of a process that was silent for four seconds are rolled back. */
const SEEN_EVERY_MS = 1_000
/** No promotion waits for a process that loads no version. */
const LOADS_NOTHING = Number.MAX_SAFE_INTEGER

const STARTING: ServingState = {
  engine: null,
  engineReason: 'it is starting',
  hindrance: 'The processes that compute predictions are starting.',
  failing: null,
  versions: {},
  precisions: {},
  remote: [],
}

type ElsewhereParts = {
  readonly webId: string
  readonly data: Pick<Data, 'webProcesses' | 'versions'>
  readonly log: Log
  readonly states: () => readonly ServingState[]
}

export function servingElsewhere({ webId, data, log, states }: ElsewhereParts): ServingModule {
  const refuse = () =>
    Promise.reject(
      notReady(
        'the request reached a process that makes no predictions; write its path without percent-encoding',
      ),
    )
  const seen = recurring(
    { log, now: steadyClock.now },
    'The heartbeat of this process could not be written',
    () => data.webProcesses.seen(webId, process.pid, LOADS_NOTHING),
  )
  let timer: NodeJS.Timeout | undefined
  return {
    predict: refuse,
    predictBatch: refuse,
    refusal: () => null,
    async begin() {
      await seen()
      timer = setInterval(() => void seen(), SEEN_EVERY_MS)
    },
    verify: data.versions.verify,
    state: () => joined(states()),
    figures: () => ({ waiting: 0, batches: 0, items: 0, cacheHits: 0, cacheMisses: 0 }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await seen() // a later run would write after the end
      await data.webProcesses.leave(webId).catch((error: unknown) =>
        log('warn', 'This process could not be unregistered; its registration expires in a few seconds', {
          error,
        }),
      )
    },
  }
}

/** One process that serves is enough. */
function joined(states: readonly ServingState[]): ServingState {
  const best = states.find(({ hindrance, engine }) => hindrance === null && engine !== null) ?? states[0]
  if (best === undefined) return STARTING
  return {
    ...best,
    failing: states.find(({ failing }) => failing !== null)?.failing ?? null,
    remote: states.map(({ remote }) => remote).reduce(worse),
  }
}

/** Each process has its own connection to the endpoint. */
const worse = (one: ServingState['remote'], other: ServingState['remote']): ServingState['remote'] =>
  unavailable(other) > unavailable(one) ? other : one

const unavailable = (remote: ServingState['remote']): number =>
  remote.filter(({ state }) => state === 'unavailable').length
