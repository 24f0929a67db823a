/** A contract and its use case → one answer to one request: who asks, may they, what do they ask, do it, say
 *  it. It knows neither Next nor Node's sockets; serve and door bring those. */
import { randomUUID } from 'node:crypto'
import type { Rate } from '#lib/auth/rate.ts'
import { isChange } from '#lib/contracts/audit-labels.ts'
import type { Caller, Contract, FileAnswer, Input, RateLimitName } from '#lib/contracts/contract.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { admit, originOf } from './access.ts'
import { disconnected, isDisconnect } from './body.ts'
import { confined, confinedOutput } from './key-restriction.ts'
import { darkroom } from './context.ts'
import type { RequestContext, UseCase } from './context.ts'
import { eventsAnswer } from './events.ts'
import { budgetOf } from './pending-bodies.ts'
import type { IncomingRequest } from './incoming.ts'
import { inputOf } from './input.ts'
import { fileAnswer, jsonAnswer } from './outgoing.ts'
import type { OutgoingResponse } from './outgoing.ts'
import { problemOf } from './problem.ts'
import { membersOf, rateHeadersOf, tooOften } from './rates.ts'
import { recordOf, subjectBefore } from './audit-record.ts'

/** Of a path, in the log. */
const LONGEST_PATH = 200
const TELL_REFUSALS_EVERY_MS = 60_000

export type Handle = (incoming: IncomingRequest) => Promise<OutgoingResponse>

/** What a use case answered, and the headers that say how often one may ask. */
type HandlerResult = { readonly output: unknown; readonly headers: Readonly<Record<string, string>> }

export function handling<C extends Contract>(contract: C, useCase: UseCase<C>): Handle {
  const ask = asking(contract, useCase)
  return answering(
    async (incoming, requestId) => {
      const { output, headers } = await ask(incoming, requestId)
      const outgoing = await messagesOf(contract, output, incoming)
      return { ...outgoing, headers: { ...outgoing.headers, ...headers } }
    },
    isChange(contract) ? 'info' : 'debug',
  )
}

/** All that happens before an answer is said: may they, not too often, what do they ask, do it, note who
 *  changed what. */
export function asking<C extends Contract>(
  contract: C,
  useCase: (input: Input<C>, context: RequestContext) => Promise<unknown>,
): (incoming: IncomingRequest, requestId: string) => Promise<HandlerResult> {
  return async (incoming, requestId) => {
    const program = darkroom()
    const caller = await admit(contract, incoming, program)
    const count = async (limited: RateLimitName | null): Promise<Rate | null> => {
      const rate = limited && (await program.auth.rate(limited, { caller, address: incoming.address }))
      if (rate && !rate.isAllowed) throw tooOften(rate)
      return rate
    }
    const first = await count(contract.limited)
    return holding(contract, { caller, incoming }, async (held) => {
      const input = await confined(
        contract,
        await inputOf(contract, held, program.settings()),
        caller,
        program.data,
      )
      const rate = contract.alsoLimited ? ((await count(contract.alsoLimited(input))) ?? first) : first
      const isRecorded = isChange(contract)
      const before = isRecorded ? await subjectBefore(contract, input, program.data) : null
      const origin = originOf(incoming, program.settings())
      const output = confinedOutput(
        contract,
        await useCase(input, { caller, signal: incoming.signal, requestId, origin }),
        caller,
      )
      if (isRecorded)
        await noted(
          program.operations.noteChange(recordOf(contract, { caller, input, output, before })),
          requestId,
        )
      return { output, headers: rate ? rateHeadersOf(membersOf(rate)) : {} }
    })
  }
}

/** The body of a stranger is counted until its request is answered. */
async function holding<T>(
  contract: Contract,
  { caller, incoming }: { readonly caller: Caller; readonly incoming: IncomingRequest },
  work: (held: IncomingRequest) => Promise<T>,
): Promise<T> {
  const { address, body } = incoming
  if (caller.kind !== 'stranger' || body === null || contract.body === 'none') return work(incoming)
  const held = darkroom().holdBody(budgetOf(contract.body), {
    address,
    body,
    declaredBytes: Number(incoming.header('content-length') ?? 0),
  })
  try {
    return await work({ ...incoming, body: held.body })
  } finally {
    held[Symbol.dispose]()
  }
}

/** What was done stays done where the record of it cannot be written. */
const noted = (noting: Promise<void>, requestId: string): Promise<void> =>
  noting.catch((error: unknown) =>
    darkroom().log('error', 'A change could not be recorded', { error, request_id: requestId }),
  )

/** Whatever `answer` does: each request has an id and a line in the log, and an error becomes a problem
 *  document. */
export function answering(
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
      isRefusedLoad = isDarkroomError(honest) && honest.code === 'overloaded' // reported in sum
      outgoing = problemOf(honest, { instance: incoming.path, requestId, log })
    }
    const level = isRefusedLoad ? 'debug' : levelOf(outgoing.status, usual, began)
    if (level !== null)
      darkroom().log(level, `${incoming.method} ${incoming.path.slice(0, LONGEST_PATH)} ${outgoing.status}`, {
        request_id: requestId,
        ms: Math.round((performance.now() - began) * 10) / 10,
      })
    return { ...outgoing, headers: { ...outgoing.headers, 'x-request-id': requestId } }
  }
}

/** Who asks too often must not fill the log too, nor what an overloaded product, a locked database or a full
 *  disk refuses: one line a minute of each tells it. An error of ours stands there already, with its stack. */
function levelOf(status: number, usual: 'debug' | 'info', now: number): 'debug' | 'info' | 'warn' | null {
  if (status < 400) return usual
  if (status === 500) return null
  if (status === 429) return 'debug'
  if (status < 500) return 'info'
  if (now - (toldAt.get(status) ?? -Infinity) < TELL_REFUSALS_EVERY_MS) return 'debug'
  toldAt.set(status, now)
  return 'warn'
}

/** When a refusal with this status was last a warning. */
const toldAt = new Map<number, number>()

/** The contract names the answer's kind, and `UseCase` ties the output's type to it. */
async function messagesOf(
  contract: Contract,
  output: unknown,
  incoming: IncomingRequest,
): Promise<OutgoingResponse> {
  switch (contract.answer) {
    case 'json':
      return jsonAnswer(contract.statusOf?.(output) ?? contract.status, output)
    case 'events':
      return eventsAnswer(output as AsyncIterable<unknown>, incoming.signal)
    case 'file':
      return fileAnswer(
        output as FileAnswer,
        `${incoming.path}?${incoming.query}`,
        incoming.header('if-none-match'),
      )
  }
}
