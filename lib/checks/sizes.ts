/** The law of size: what does not fit the eye is divided, or says in its header why not.
 *  It counts lines; whether a file holds one idea, people judge. */
import { eachFile, type Law } from './rule.ts'
import type { SourceFile } from './sources.ts'

const MOST_LINES = 300
const MOST_LINES_OF_A_COMPONENT = 200
const HEADER_LINES = 12
/** The one form of a reason, in the header comment: `Longer than 300 lines because …`. */
const REASON = /Longer than (200|300) lines because \S+/

export const fileSizes: Law = {
  name: `no file above ${MOST_LINES} lines, no component above ${MOST_LINES_OF_A_COMPONENT}, without a reason`,
  counts: 'files',
  floor: 400,
  judge: eachFile(() => true, tooLong),
}

export function tooLong({ file, text }: SourceFile): readonly string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const most = file.endsWith('.tsx') ? MOST_LINES_OF_A_COMPONENT : MOST_LINES
  const reason = text.split('\n').slice(0, HEADER_LINES).join('\n')
  if (lines <= most || REASON.test(reason)) return []
  return [
    `${file}: ${lines} lines; the limit is ${most}. Split it by ideas, or write in its header ` +
      `"Longer than ${most} lines because …".`,
  ]
}
