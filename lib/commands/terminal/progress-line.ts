/**
 * Progress lines of a long-running command: on a terminal the last line changes in place, elsewhere a new
 * one appears every few seconds. The command supplies the text.
 */

const LINE_EVERY_MS = 5_000

export type Lines = {
  readonly line: (text: string) => void
  /** `topic`: what the line is about; the first line of each topic is shown at once. */
  readonly passing: (text: string, topic?: string) => void
}

export function createLines(out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stdout): Lines {
  let shownAt = 0
  let shownTopic = ''
  let isOpen = false
  const line = (text: string): void => {
    if (isOpen) out.write('\r\x1b[2K')
    isOpen = false
    out.write(`${text}\n`)
  }
  return {
    line,
    passing(text, topic = '') {
      if (out.isTTY) {
        out.write(`\r\x1b[2K${text}`)
        isOpen = true
      } else if (topic !== shownTopic || Date.now() - shownAt >= LINE_EVERY_MS) {
        shownAt = Date.now()
        shownTopic = topic
        line(text)
      }
    },
  }
}
