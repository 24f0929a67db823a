/**
 * Rule about size: a long file is split, or its header says why it is not. It counts lines; whether a file
 * has one subject is for a reviewer to judge.
 */
import { eachFile, type ProjectRule } from './rule.ts'
import type { SourceFile } from './sources.ts'

const MOST_LINES = 300
const MOST_LINES_OF_A_COMPONENT = 200
const HEADER_LINES = 12
/** The one form of a reason, in the header comment: `Longer than 300 lines because …`. */
const REASON = /Longer than (200|300) lines because \S+/

export const fileSizes: ProjectRule = {
  name: `no file above ${MOST_LINES} lines, no component above ${MOST_LINES_OF_A_COMPONENT}, without a reason`,
  counts: 'files',
  minimum: 400,
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
