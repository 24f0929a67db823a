/** The inference children of this start: how many, and how they are forked and restarted. */
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Child } from '#lib/children/child.ts'
import { forkChild } from '#lib/children/fork.ts'
import { superviseChild } from '#lib/children/supervise.ts'
import type { LogLine } from '#lib/domain/ports.ts'
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { StartChild } from '#lib/serving/ports.ts'
import { steadyClock } from './clock.ts'
import { engineEnvironment, inheritedFlags } from './environment.ts'
import { isSmall } from '#lib/operations/memory-limits.ts'

const ENTRY = path.join(import.meta.dirname, 'inference.ts')
/**
 * One thread each: the processes use the cores, and more processes than cores only cause context switches.
 */
const MOST_AUTO_CHILDREN = 4
/** TensorFlow's library takes about 2 s to load on a busy machine. */
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 2_000

export type InferenceProcess = Child<InferenceCommand, InferenceMessage>

/** For one web process. Web processes share the cores. */
export function childCount(settings: Settings): number {
  if (settings.PREDICT_PROCESSES !== 'auto') return settings.PREDICT_PROCESSES
  return isSmall(settings)
    ? 1
    : Math.max(1, Math.min(Math.floor(availableParallelism() / settings.WEB_PROCESSES), MOST_AUTO_CHILDREN))
}

export type InferenceSettings = {
  readonly engine: Settings['INFERENCE_ENGINE']
  readonly precision: Settings['PRECISION']
}

export const inferenceSettings = (settings: Settings): InferenceSettings => ({
  engine: settings.INFERENCE_ENGINE,
  precision: settings.PRECISION,
})

export const forkInference = (
  { engine, precision }: InferenceSettings,
  onLine: (line: string) => void,
): InferenceProcess =>
  forkChild({
    entry: ENTRY,
    args: [engine, precision],
    env: engineEnvironment(1),
    flags: inheritedFlags(),
    onLine,
  })

export type StartInferenceParts = InferenceSettings & {
  readonly log: LogLine
  /** Called with each line that a child writes to its outputs. */
  readonly onLine: (line: string) => void
  /** Used before others are forked. */
  readonly early?: readonly InferenceProcess[]
}

export function startInference({
  engine,
  precision,
  log,
  onLine,
  early = [],
}: StartInferenceParts): StartChild {
  const forked = [...early]
  return (name, events) =>
    superviseChild<InferenceCommand, InferenceMessage>(
      name,
      {
        fork: () => forked.shift() ?? forkInference({ engine, precision }, onLine),
        clock: steadyClock,
        log,
        startTimeoutMs: START_TIMEOUT_MS,
        stop: { timeoutMs: STOP_TIMEOUT_MS },
      },
      events,
    )
}
