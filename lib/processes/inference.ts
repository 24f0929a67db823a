/** One inference child: encoded pictures in, logits out, or the places on which an answer depends. Knows no
 *  HTTP and no database; dies with its parent. */
import type { FromInference, ToInference } from '#lib/contracts/ipc.ts'
import { ENGINES } from '#lib/domain/classifier.ts'
import { isDarkroomError, messageOf, reportOf } from '#lib/domain/errors.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { giveBackGarbage } from './give-back.ts'
import { endWhenUncaught, tellOnStderr } from './last-resort.ts'
import { holdVersions, type Versions } from '#lib/inference/loaded-models.ts'
import { oneAtATime } from '#lib/inference/one-at-a-time.ts'

const say = (message: FromInference) => process.send?.(message, () => {})

endWhenUncaught({ tell: tellOnStderr })
process.on('disconnect', () => process.exit(0))
// from a terminal they reach the whole family; the parent decides
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

/** One after the other; more processes, not more threads, use more cores: an engine does one thing at a time,
 *  and a version is loaded before it is asked. */
const inTurn = oneAtATime((error) => tellOnStderr('A version could not be unloaded', { error }))

function answer(versions: Versions, message: ToInference): void {
  if (message.kind === 'unload') return inTurn(() => versions.unload(message.key))
  if (message.kind === 'explain') return explain(versions, message)
  inTurn(async () => {
    try {
      if (message.kind === 'load')
        say({
          kind: 'loaded',
          id: message.id,
          key: message.version.key,
          ...(await versions.load(message.version)),
        })
      else say({ kind: 'inferred', id: message.id, ...(await versions.infer(message)) })
    } catch (error) {
      say(failed(message.id, error))
    }
  })
}

/** A row of places in each turn, and a look at the messages in between: fifty answers keep nobody waiting who
 *  wants one. */
function explain(versions: Versions, message: Extract<ToInference, { kind: 'explain' }>): void {
  const rows = versions.explain(message)
  const next = () =>
    inTurn(async () => {
      try {
        const row = await rows.next()
        if (row.done) say({ kind: 'explained', id: message.id, ...row.value })
        else setImmediate(next)
      } catch (error) {
        say(failed(message.id, error))
      }
    })
  next()
}

function failed(id: number, error: unknown): Extract<FromInference, { kind: 'failed' }> {
  if (isDarkroomError(error)) return { kind: 'failed', id, failure: reportOf(error) }
  return {
    kind: 'failed',
    id,
    failure: {
      code: 'internal',
      summary: 'The engine could not answer',
      reason: messageOf(error),
      action: 'Try again; /api/health says how the engine is.',
    },
  }
}

giveBackGarbage()
try {
  const engine = await openEngine(ENGINES.find((name) => name === process.argv[2]) ?? 'auto', 'inference', {
    threads: 1,
  })
  const versions = holdVersions(engine)
  process.on('message', (message: ToInference) => answer(versions, message))
  say({ kind: 'ready', engine: engine.name })
} catch (error) {
  process.send?.(
    {
      kind: 'unable',
      reason: messageOf(error),
    } satisfies FromInference,
    () => process.exit(1),
  )
}
