/** Trains a run in child processes, one after another, until one ends in another way than by dying. What a child
 *  reports is written to the run's row and events, in order. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { Run } from '#lib/data/values.ts'
import type { RunPart } from '#lib/domain/run-parts.ts'
import { STAGE_TITLES } from '#lib/domain/run-stages.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { followRun, type RunEnd } from './follow.ts'
import type { TrainingParts } from './ports.ts'

/** How often a child may die in one attempt of the job before the run fails. */
export const MOST_CHILDREN = 3

export type ChildrenRun = {
  readonly run: Run
  readonly folder: string
  readonly isResumed: boolean
  /** Receives what each part of the run took, in seconds. */
  readonly addPart: (part: RunPart, seconds: number) => void
  readonly signal: AbortSignal
}

export async function trainInChildren(
  { run, folder, isResumed, addPart, signal }: ChildrenRun,
  parts: TrainingParts,
): Promise<RunEnd> {
  const { data, clock, processes, settings, log, sweepLeftovers } = parts
  const events = createEventWriter(run, parts)
  for (let child = 1; ; child++) {
    const forkedAt = clock()
    const end = await followRun({
      child: processes.fork(settings.engine, run.recipe === head.name ? 'inference' : 'training'),
      folder,
      resume: isResumed || child > 1,
      onReady(engine) {
        addPart('starting', (clock() - forkedAt) / 1000)
        events.ready(engine)
      },
      onMessage(message) {
        if (message.kind === 'part') addPart(message.part, message.seconds)
        else events.write(message)
      },
      signal,
    })
    await events.settled()
    if (end.kind !== 'died') return end
    if (signal.aborted) return { kind: 'cancelled' }
    if (child === MOST_CHILDREN) return end
    log('warn', 'A training process ended unexpectedly; a new one continues', {
      run: run.id,
      cause: end.cause,
    })
    await sweepLeftovers()
    await data.runs.report(run.id, {
      kind: 'log',
      message: `The training process ended (${end.cause}). A new one continues from the last checkpoint.`,
    })
  }
}

/** Writes events one after another. A failing write loses its event and is logged; the run continues. */
function createEventWriter(run: Run, { data, log }: TrainingParts) {
  let last = Promise.resolve()
  let isWriting = true
  const inTurn = (work: () => Promise<unknown>): void => {
    last = last.then(work).then(
      () => {
        isWriting = true
      },
      (error: unknown) => {
        // Logged once, however many failures follow.
        if (isWriting) log('error', 'A training event could not be stored', { run: run.id, error })
        isWriting = false
      },
    )
  }
  return {
    settled: () => last,
    ready: (engine: Run['engine']): void => inTurn(() => data.runs.change(run.id, { engine })),
    write(message: FromTraining): void {
      switch (message.kind) {
        case 'note':
          return inTurn(() => data.runs.report(run.id, { kind: 'log', message: message.message }))
        case 'file-fault':
          return inTurn(async () => {
            await data.images.noteFault(message.hash, message.code)
            await data.runs.report(run.id, {
              kind: 'log',
              message: `The training run continues without one image: ${message.reason}.`,
            })
          })
        case 'stage':
          return inTurn(() =>
            data.runs.report(run.id, { ...message, message: `${STAGE_TITLES[message.stage]}.` }),
          )
        case 'step':
          return inTurn(() => data.runs.report(run.id, message))
        case 'epoch':
          return inTurn(() => data.runs.report(run.id, { kind: 'epoch', point: message.point }))
      }
    },
  }
}
