/** The progress of a training run as lines of text, for a terminal or a log. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { earlyStopSentence, endedEarly } from '#lib/domain/evaluation/early-stop.ts'
import { STAGE_TITLES, type StageProgress } from '#lib/domain/run-stages.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'

export function createProgress(epochs: number, { line, passing }: Lines = createLines()) {
  const points: EpochPoint[] = []
  return {
    show(message: FromTraining): void {
      switch (message.kind) {
        case 'note':
          return line(message.message)
        case 'stage':
          return showStage(message, { line, passing })
        case 'step':
          return passing(
            `epoch ${message.epoch}/${epochs}  step ${message.step}/${message.steps}  loss ` +
              `${message.loss.toFixed(3)}  ${Math.round(message.imagesPerSecond)} images/s  ` +
              `${message.memoryMb} MB  ${left(message.etaSeconds)}`,
            'train',
          )
        case 'epoch': {
          const { point } = message
          points.push(point)
          const mark = point.is_best ? '  best' : ''
          return line(
            `epoch ${point.epoch}/${epochs} done  loss ${point.loss.toFixed(3)}  validation ` +
              `${(point.val_accuracy * 100).toFixed(2)} % (loss ${point.val_loss.toFixed(3)})  ` +
              `${Math.round(point.seconds)} s, ${Math.round(point.images_per_second)} images/s  ` +
              `${left(message.etaSeconds)}${mark}`,
          )
        }
      }
    },
    /** The run has ended by itself. */
    sealed(): void {
      const epoch = points.at(-1)?.epoch ?? 0
      if (endedEarly({ epoch, epochs })) line(earlyStopSentence({ epoch, epochs, points }))
    },
  }
}

/** Within training, `step` messages contain more detail. */
function showStage({ stage, done, total, etaSeconds }: StageProgress, { line, passing }: Lines): void {
  if (stage === 'train' || done === 0) return
  const title = STAGE_TITLES[stage]
  const count = done.toLocaleString('en')
  if (done === total) return line(`${title}: ${count} done.`)
  const amount = total === null ? count : `${count} of ${total.toLocaleString('en')}`
  const time = etaSeconds === null ? '' : `, ${left(etaSeconds)}`
  passing(`${title}: ${amount}${time}`, stage)
}

function left(seconds: number | null): string {
  if (seconds === null) return ''
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`
}
