/** Forks inference children, as lib/serving wants them: bytes arrive whole, and their error output is a part
 *  of the log. */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { FromInference } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { InferenceChild } from '#lib/serving/ports.ts'
import { engineEnvironment, inheritedFlags } from './environment.ts'
import { eachLine } from './lines.ts'
import { isSmall } from './memory.ts'

const ENTRY = path.join(import.meta.dirname, 'inference.ts')
/** One thread each: processes use the cores, and more of them than cores only switch. */
const MOST_AUTO_CHILDREN = 4

export type Heard = (line: string) => void

/** Of one web process. Web processes share the cores. */
export function childrenWanted(settings: Settings): number {
  if (settings.PREDICT_PROCESSES !== 'auto') return settings.PREDICT_PROCESSES
  return isSmall(settings)
    ? 1
    : Math.max(1, Math.min(Math.floor(availableParallelism() / settings.WEB_PROCESSES), MOST_AUTO_CHILDREN))
}

/** What a child says before anybody listens is kept, so that one may be forked before its owner is put
 *  together. */
export function forkInference(engine: Settings['INFERENCE_ENGINE'], wrote: Heard): InferenceChild {
  const child = fork(ENTRY, [engine], {
    env: engineEnvironment(1),
    serialization: 'advanced',
    execArgv: inheritedFlags(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  eachLine(child.stdout, wrote)
  eachLine(child.stderr, wrote)
  const early: (() => void)[] = []
  let hear: Parameters<InferenceChild['listen']>[0] | null = null
  const tell = (event: (to: NonNullable<typeof hear>) => void) =>
    hear ? event(hear) : early.push(() => tell(event))
  child.on('message', (said) => tell(({ message }) => message(said as FromInference))) // inference.ts says nothing else
  child.once('error', (error) => tell(({ exit }) => exit(error.message)))
  child.once('exit', (code, signal) => tell(({ exit }) => exit(signal ?? `code ${code}`)))
  return {
    pid: child.pid ?? 0,
    send: (message) => {
      if (child.connected) child.send(message, () => {})
    }, // a closed channel is told by exit
    kill: (signal) => void child.kill(signal),
    listen: (to) =>
      queueMicrotask(() => {
        hear = to
        for (const event of early.splice(0)) event()
      }),
  }
}
