/** What a training says while it runs, as lines of text: on a terminal one that changes, else one every few seconds. */
import type { FromTraining } from '#lib/contracts/ipc.ts'

const LINE_EVERY_MS = 5_000

export function createProgress(epochs: number, out: NodeJS.WriteStream = process.stdout) {
  let shownAt = 0
  let isOpen = false
  const line = (text: string): void => {
    if (isOpen) out.write('\n')
    isOpen = false
    out.write(`${text}\n`)
  }
  const passing = (text: string): void => {
    if (out.isTTY) {
      out.write(`\r\x1b[2K${text}`)
      isOpen = true
    } else if (Date.now() - shownAt >= LINE_EVERY_MS) {
      shownAt = Date.now()
      line(text)
    }
  }
  return {
    show(message: FromTraining): void {
      switch (message.kind) {
        case 'note':
          return line(message.message)
        case 'step':
          return passing(`epoch ${message.epoch}/${epochs}  step ${message.step}/${message.steps}  loss ${message.loss.toFixed(3)}  ${Math.round(message.imagesPerSecond)} pictures/s  ${message.memoryMb} MB  ${left(message.etaSeconds)}`)
        case 'epoch': {
          const { point } = message
          const mark = point.is_best ? '  best' : ''
          return line(`epoch ${point.epoch}/${epochs} done  loss ${point.loss.toFixed(3)}  validation ${(point.val_accuracy * 100).toFixed(2)} % (loss ${point.val_loss.toFixed(3)})  ${Math.round(point.seconds)} s, ${Math.round(point.images_per_second)} pictures/s  ${left(message.etaSeconds)}${mark}`)
        }
      }
    },
  }
}

function left(seconds: number | null): string {
  if (seconds === null) return ''
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`
}
