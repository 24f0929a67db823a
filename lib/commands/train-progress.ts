/** What a training says while it runs, as lines of text for whoever sits before a terminal or reads a log. */
import type { FromTraining } from '#lib/contracts/ipc.ts'
import type { EpochPoint } from '#lib/contracts/epoch.ts'
import { earlyStopSentence, endedEarly } from '#lib/domain/early-stop.ts'
import { createLines, type Lines } from './progress-line.ts'

export function createProgress(epochs: number, { line, passing }: Lines = createLines()) {
  const points: EpochPoint[] = []
  return {
    show(message: FromTraining): void {
      switch (message.kind) {
        case 'note':
          return line(message.message)
        case 'step':
          return passing(
            `epoch ${message.epoch}/${epochs}  step ${message.step}/${message.steps}  loss ` +
              `${message.loss.toFixed(3)}  ${Math.round(message.imagesPerSecond)} images/s  ` +
              `${message.memoryMb} MB  ${left(message.etaSeconds)}`,
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
    /** The training has ended by itself. */
    sealed(): void {
      const epoch = points.at(-1)?.epoch ?? 0
      if (endedEarly({ epoch, epochs })) line(earlyStopSentence({ epoch, epochs, points }))
    },
  }
}

function left(seconds: number | null): string {
  if (seconds === null) return ''
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`
}
