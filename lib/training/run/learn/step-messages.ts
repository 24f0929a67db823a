/** The `step` messages of a run: its speed and remaining time, calculated from the steps done in this
 *  process. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { Position, TrainingEvent } from '#lib/ml/learn/train.ts'

const REPORT_EVERY = 0.5 // seconds between two step messages

type Step = Omit<Extract<FromTraining, { kind: 'step' }>, 'memoryMb'>

export function createStepMessages(sizes: {
  clock: () => number
  batch: number
  steps: number
  epochs: number
  from: Position
}) {
  const { clock, batch, steps, epochs } = sizes
  const doneOf = (position: Position): number => (position.epoch - 1) * steps + position.stepInEpoch
  const first = doneOf(sizes.from)
  const startedAt = clock()
  let reportedAt = -Infinity
  let last = { at: startedAt, done: first }
  let imagesPerSecond = 0

  const secondsLeft = (position: Position): number | null => {
    const done = doneOf(position)
    if (done === first) return null
    return ((clock() - startedAt) / (done - first)) * (steps * epochs - done)
  }
  return {
    secondsLeft,
    /** The message of a step; null when the previous message is too recent. The last step always has one, or a
     *  run that is complete would be shown as one that is not. */
    stepIfDue(event: Extract<TrainingEvent, { kind: 'step' }>): Step | null {
      const now = clock()
      if (now - reportedAt < REPORT_EVERY && event.step < event.steps) return null
      const done = doneOf(event.position)
      if (now > last.at) imagesPerSecond = ((done - last.done) * batch) / (now - last.at)
      last = { at: now, done }
      reportedAt = now
      return {
        kind: 'step',
        epoch: event.epoch,
        step: event.step,
        steps: event.steps,
        loss: event.loss,
        learningRate: event.rate,
        imagesPerSecond,
        etaSeconds: secondsLeft(event.position),
      }
    },
  }
}
