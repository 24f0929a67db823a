/** One request to a process of its own, which is ended when it takes too long or too much memory: a file of a user
 *  may keep it busy or crash it without any other loss. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Message } from '#lib/children/child.ts'
import { forkChild } from '#lib/children/fork.ts'
import type { Unable } from '#lib/contracts/ipc.ts'
import { reportedError, type FailureReport } from '#lib/domain/errors.ts'
import { engineEnvironment, inheritedFlags } from '../start/environment.ts'

const MIB = 1024 ** 2
const WATCH_EVERY_MS = 50

export type LimitedMessage =
  { readonly kind: 'ready' } | Unable | { readonly kind: 'failed'; readonly failure: FailureReport }

export type LimitedRequest<To, Answer extends Message> = {
  readonly entry: string
  readonly request: To
  /** What it does, as a subject: "examining it". */
  readonly doing: string
  readonly mostBytes: number
  readonly longestMs: number
  /** The error where it was ended, or ended by itself. */
  readonly refusal: (why: string) => Error
  readonly onAnswer: (answer: Answer) => void
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
}

/** Resolves with the first answer that `isLast` accepts; the others are passed on. */
export function answerElsewhere<To, Answer extends Message, Last extends Answer>(
  wanted: LimitedRequest<To, Answer>,
  isLast: (answer: Answer) => answer is Last,
): Promise<Last> {
  const { request, doing, mostBytes, longestMs, refusal, onAnswer, signal } = wanted
  signal.throwIfAborted()
  const child = forkChild<To, LimitedMessage | Answer>({
    entry: wanted.entry,
    env: engineEnvironment(availableParallelism()),
    flags: inheritedFlags(),
    stdout: 'ignore',
    onLine: wanted.onLine,
  })
  return new Promise((resolve, reject) => {
    let why: string | null = null
    const end = (reason: string | null): void => {
      why ??= reason
      child.kill('SIGKILL')
    }
    const stop = (): void => end(null)
    signal.addEventListener('abort', stop, { once: true })
    const deadline = setTimeout(() => end(`${doing} takes longer than ${longestMs / 1000} s`), longestMs)
    const watch = setInterval(() => {
      if (ownBytes(child.pid) > mostBytes)
        end(`${doing} takes more than ${Math.floor(mostBytes / MIB)} MB of memory`)
    }, WATCH_EVERY_MS)
    child.listen({
      message(message) {
        if (isOwn(message)) {
          if (message.kind === 'ready') child.send(request)
          if (message.kind === 'unable') end(message.reason)
          if (message.kind === 'failed') reject(reportedError(message.failure))
        } else if (isLast(message)) resolve(message)
        else onAnswer(message)
      },
      exit(cause) {
        clearTimeout(deadline)
        clearInterval(watch)
        signal.removeEventListener('abort', stop)
        if (signal.aborted) reject(signal.reason as Error)
        else reject(refusal(why ?? `its process ended (${cause})`))
      },
    })
  })
}

const OWN_KINDS: ReadonlySet<string> = new Set<LimitedMessage['kind']>(['ready', 'unable', 'failed'])
const isOwn = (message: Message): message is LimitedMessage => OWN_KINDS.has(message.kind)

/** Memory of a process that it shares with no other and no file; 0 on systems that do not tell. */
function ownBytes(pid: number): number {
  try {
    const [, kib = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib) * 1024
  } catch {
    return 0
  }
}
