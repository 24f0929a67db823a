/**
 * Turns one request into one response, for a contract and its use case: authenticate, authorise, parse,
 * run, serialise. It knows neither Next nor Node's sockets; serve.ts and fast-path.ts adapt those.
 */
import { randomUUID } from 'node:crypto'
import type { Rate, RateLimitSubject } from '#lib/auth/rate-state.ts'
import { isChange } from '#lib/contracts/audit-labels.ts'
import type { Caller, Contract, FileAnswer, Input } from '#lib/contracts/contract.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { andThen, type MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { RateLimitName } from '#lib/domain/rate-limit.ts'
import { admit } from './access.ts'
import { disconnected, isDisconnect } from './body.ts'
import { confined, confinedOutput } from './key-restriction.ts'
import { darkroom } from './context.ts'
import type { RequestContext, UseCase } from './context.ts'
import { eventsAnswer } from './events.ts'
import { budgetOf, type PendingBody } from './pending-bodies.ts'
import type { IncomingRequest } from './incoming.ts'
import { inputOf } from './input.ts'
import { createDownloads } from './open-downloads.ts'
import { fileAnswer, jsonAnswer } from './outgoing.ts'
import type { OutgoingResponse } from './outgoing.ts'
import { originOf } from './origin.ts'
import { problemOf } from './problem.ts'
import { membersOf, rateHeadersOf, tooOften } from './rate-limit-headers.ts'
import { recordOf, subjectBefore } from './audit-record.ts'

/** Length of a path in the log. */
const LONGEST_PATH = 200
const TELL_REFUSALS_EVERY_MS = 60_000

export type Handle = (incoming: IncomingRequest) => Promise<OutgoingResponse>

type Headers = Readonly<Record<string, string>>
const NO_HEADERS: Headers = {}

/** What a use case returned, and the rate limit headers. */
type HandlerResult = { readonly output: unknown; readonly headers: Headers }

export function handlerOf<C extends Contract>(contract: C, useCase: UseCase<C>): Handle {
  const run = contractRunner(contract, useCase)
  return respondWith(
    async (incoming, requestId) => {
      const { output, headers } = await run(incoming, requestId)
      const message = messagesOf(contract, output, incoming)
      const outgoing = message instanceof Promise ? await message : message
      return headers === NO_HEADERS ? outgoing : { ...outgoing, headers: { ...outgoing.headers, ...headers } }
    },
    isChange(contract) ? 'info' : 'debug',
  )
}

/**
 * Everything before the response is serialised: authorise, apply rate limits, parse the input, run the use
 * case, record the change.
 */
export function contractRunner<C extends Contract>(
  contract: C,
  useCase: (input: Input<C>, context: RequestContext) => Promise<unknown>,
): (incoming: IncomingRequest, requestId: string) => Promise<HandlerResult> {
  const isRecorded = isChange(contract)
  return async (incoming, requestId) => {
    const program = darkroom()
    const settings = program.settings()
    const { address, signal } = incoming
    const admitted = admit(contract, incoming, program)
    const caller = admitted instanceof Promise ? await admitted : admitted
    const first = contract.limited && (await counted(contract.limited, { caller, address }))
    const held = heldBody(contract, caller, incoming)
    try {
      const parsed = inputOf(contract, held === null ? incoming : withBody(incoming, held.body), settings)
      const sent = parsed instanceof Promise ? await parsed : parsed
      const input =
        caller.classifier === undefined ? sent : await confined(contract, sent, caller, program.queries)
      const second = contract.alsoLimited?.(input) ?? null
      const rate = (second && (await counted(second, { caller, address }))) ?? first
      const before = isRecorded ? await subjectBefore(contract, input, program.queries) : null
      const origin = originOf(incoming, settings)
      const output = confinedOutput(
        contract,
        await useCase(input, { caller, address, signal, requestId, origin }),
        caller,
      )
      if (isRecorded)
        await noted(
          program.operations.noteChange(recordOf(contract, { caller, input, output, before })),
          requestId,
        )
      return { output, headers: rate ? rateHeadersOf(membersOf(rate)) : NO_HEADERS }
    } finally {
      held?.[Symbol.dispose]()
    }
  }
}

/** Counts a request, and refuses it above the limit. */
function counted(limited: RateLimitName, subject: RateLimitSubject): MaybePromise<Rate | null> {
  return andThen(darkroom().auth.rate(limited, subject), (rate) => {
    if (rate && !rate.isAllowed) throw tooOften(rate)
    return rate
  })
}

/**
 * The body of an anonymous client, which is counted until its request has been answered; null where it is short and
 * complete: lib/serving limits how many of those are in progress.
 */
function heldBody(contract: Contract, caller: Caller, incoming: IncomingRequest): PendingBody | null {
  const { address, body, whole } = incoming
  if (caller.kind !== 'anonymous' || whole !== undefined || body === null || contract.body === 'none')
    return null
  return darkroom().holdBody(budgetOf(contract.body), {
    address,
    body,
    declaredBytes: Number(incoming.header('content-length') ?? 0),
  })
}

const withBody = (incoming: IncomingRequest, body: PendingBody['body']): IncomingRequest =>
  Object.create(incoming, { body: { value: body } })

/** A change stays in effect even if it cannot be recorded. */
const noted = (noting: Promise<void>, requestId: string): Promise<void> =>
  noting.catch((error: unknown) =>
    darkroom().log('error', 'A change could not be recorded', { error, request_id: requestId }),
  )

/** Gives each request an id and a log line, and turns an error into a problem document. */
export function respondWith(
  answer: (incoming: IncomingRequest, requestId: string) => Promise<OutgoingResponse>,
  usual: 'debug' | 'info' = 'debug',
): Handle {
  return async (incoming) => {
    const requestId = randomUUID()
    const began = performance.now()
    let outgoing: OutgoingResponse
    let isRefusedLoad = false
    try {
      outgoing = await answer(incoming, requestId)
    } catch (error) {
      const honest = incoming.signal.aborted && isDisconnect(error) ? disconnected(error) : error
      const log = (message: string, cause: unknown): void =>
        darkroom().log('error', message, { error: cause, request_id: requestId, method: incoming.method })
      isRefusedLoad = isDarkroomError(honest) && honest.code === 'overloaded' // logged as a total elsewhere
      outgoing = problemOf(honest, { instance: incoming.path, requestId, log })
    }
    const level = isRefusedLoad ? 'debug' : levelOf(outgoing.status, usual, began)
    if (level !== null)
      darkroom().log(level, `${incoming.method} ${incoming.path.slice(0, LONGEST_PATH)} ${outgoing.status}`, {
        request_id: requestId,
        ms: Math.round((performance.now() - began) * 10) / 10,
      })
    const { status, headers, body } = outgoing
    return { status, headers: { ...headers, 'x-request-id': requestId }, body }
  }
}

/**
 * Clients that exceed their rate limit must not fill the log, and neither must refusals because of
 * overload, a locked database or a full disk: one line a minute reports each of these. Internal errors are
 * already logged, with their stack.
 */
function levelOf(status: number, usual: 'debug' | 'info', now: number): 'debug' | 'info' | 'warn' | null {
  if (status < 400) return usual
  if (status === 500) return null
  if (status === 429) return 'debug'
  if (status < 500) return 'info'
  if (now - (warnedAt.get(status) ?? -Infinity) < TELL_REFUSALS_EVERY_MS) return 'debug'
  warnedAt.set(status, now)
  return 'warn'
}

/** By status: when a refusal was last logged as a warning. */
const warnedAt = new Map<number, number>()

/** The contract names the kind of the response, and `UseCase` ties the output's type to it. */
function messagesOf(
  contract: Contract,
  output: unknown,
  incoming: IncomingRequest,
): MaybePromise<OutgoingResponse> {
  switch (contract.answer) {
    case 'json':
      return jsonAnswer(contract.statusOf?.(output) ?? contract.status, output)
    case 'events':
      return eventsAnswer(output as AsyncIterable<unknown>, incoming.signal)
    case 'file':
      return openedFile(
        fileAnswer(
          output as FileAnswer,
          `${incoming.path}?${incoming.query}`,
          incoming.header('if-none-match'),
        ),
        incoming,
      )
  }
}

const openDownload = createDownloads()

function openedFile(
  outgoing: OutgoingResponse,
  { method, address, signal }: IncomingRequest,
): OutgoingResponse {
  const { body } = outgoing
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) return outgoing
  if (method === 'HEAD') return { ...outgoing, body: null }
  return { ...outgoing, body: openDownload(body, { address, signal }) }
}
