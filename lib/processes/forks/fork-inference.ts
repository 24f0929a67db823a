/** How the inference children of jobs and commands are forked and restarted. */
import path from 'node:path'
import type { Child } from '#lib/children/child.ts'
import { forkChild } from '#lib/children/fork.ts'
import { superviseChild } from '#lib/children/supervise.ts'
import type { LogLine } from '#lib/domain/ports.ts'
import type { InferenceMessage, InferenceCommand } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { StartChild } from '#lib/serving/ports.ts'
import { steadyClock } from '../clock.ts'
import { engineEnvironment, inheritedFlags } from '../start/environment.ts'

const ENTRY = path.join(import.meta.dirname, '../inference.ts')
/** TensorFlow's library takes about 2 s to load on a busy machine. */
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 2_000

type InferenceProcess = Child<InferenceCommand, InferenceMessage>

export type InferenceSettings = {
  readonly engine: Settings['INFERENCE_ENGINE']
  readonly precision: Settings['PRECISION']
  /** It gives way to predictions and training runs; default: false. */
  readonly isBackground?: boolean
}

export const inferenceSettings = (settings: Settings): InferenceSettings => ({
  engine: settings.INFERENCE_ENGINE,
  precision: settings.PRECISION,
})

const forkInference = (
  { engine, precision, isBackground = false }: InferenceSettings,
  onLine: (line: string) => void,
): InferenceProcess =>
  forkChild({
    entry: ENTRY,
    args: [engine, precision, ...(isBackground ? ['background'] : [])],
    env: engineEnvironment(1),
    flags: inheritedFlags(),
    onLine,
  })

export type StartInferenceParts = InferenceSettings & {
  readonly log: LogLine
  /** Called with each line that a child writes to its outputs. */
  readonly onLine: (line: string) => void
}

export function startInference({ log, onLine, ...about }: StartInferenceParts): StartChild {
  return (name, events) =>
    superviseChild<InferenceCommand, InferenceMessage>(
      name,
      {
        fork: () => forkInference(about, onLine),
        clock: steadyClock,
        log,
        startTimeoutMs: START_TIMEOUT_MS,
        stop: { timeoutMs: STOP_TIMEOUT_MS },
      },
      events,
    )
}
