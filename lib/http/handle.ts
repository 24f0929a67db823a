/** A contract and its use case → one answer to one request: who asks, may they, what do they ask, do it, say it.
 *  It knows neither Next nor Node's sockets; serve and door bring those. */
import { randomUUID } from 'node:crypto'
import type { Contract, FileAnswer } from '#lib/contracts/contract.ts'
import { admit } from './access.ts'
import { disconnected, isDisconnect } from './body.ts'
import { darkroom } from './context.ts'
import type { UseCase } from './context.ts'
import { eventsAnswer } from './events.ts'
import type { Incoming } from './incoming.ts'
import { inputOf } from './input.ts'
import { fileAnswer, jsonAnswer } from './outgoing.ts'
import type { Outgoing } from './outgoing.ts'
import { problemOf } from './problem.ts'

export type Handle = (incoming: Incoming) => Promise<Outgoing>

export function handling<C extends Contract>(contract: C, useCase: UseCase<C>): Handle {
  return answering(async (incoming, requestId) => {
    const program = darkroom()
    const caller = await admit(contract, incoming, program)
    const input = await inputOf(contract, incoming, program.settings())
    const output: unknown = await useCase(input, { caller, signal: incoming.signal, requestId })
    return said(contract, output, incoming)
  })
}

/** Whatever `answer` does: each request has an id, and an error becomes a problem document. */
export function answering(answer: (incoming: Incoming, requestId: string) => Promise<Outgoing>): Handle {
  return async (incoming) => {
    const requestId = randomUUID()
    let outgoing: Outgoing
    try {
      outgoing = await answer(incoming, requestId)
    } catch (error) {
      const honest = incoming.signal.aborted && isDisconnect(error) ? disconnected(error) : error
      const log = (message: string, cause: unknown): void => darkroom().log('error', message, { error: cause, request_id: requestId, method: incoming.method })
      outgoing = problemOf(honest, { instance: incoming.path, requestId, log })
    }
    return { ...outgoing, headers: { ...outgoing.headers, 'x-request-id': requestId } }
  }
}

/** The contract names the answer's kind, and `UseCase` ties the output's type to it. */
async function said(contract: Contract, output: unknown, incoming: Incoming): Promise<Outgoing> {
  switch (contract.answer) {
    case 'json':
      return jsonAnswer(contract.statusOf?.(output) ?? contract.status, output)
    case 'events':
      return eventsAnswer(output as AsyncIterable<unknown>, incoming.signal)
    case 'file':
      return fileAnswer(output as FileAnswer, `${incoming.path}?${incoming.query}`, incoming.header('if-none-match'))
  }
}
