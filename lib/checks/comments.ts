/**
 * Rule about comments: they describe the present code, not its past, and a to-do names an issue. Whether a
 * comment says why is for a reviewer to judge.
 */
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

const HISTORY_WORDS = [
  'previously',
  'formerly',
  'no longer',
  'not any ?more',
  'used to (?:be|have|do|call|live)',
  'was renamed',
  'has been (?:moved|replaced|removed)',
  'refactor(?:ed)?',
  'backwards?[- ]compatib\\w+',
  'for now',
  'deprecated',
]
const HISTORY = new RegExp(`\\b(${HISTORY_WORDS.join('|')})\\b`, 'i')
const OPEN_END = /\b(TODO|FIXME|XXX|HACK)\b/
const NUMBERED = /\b(TODO|FIXME|XXX|HACK)\b\s*\(?#\d+/

export const commentsInThePresent: ProjectRule = {
  name: 'comments describe the present',
  counts: 'comments',
  minimum: 1000,
  judge: (sources) => {
    const ours = sources.filter(({ file }) => !file.startsWith('lib/checks/'))
    return {
      checked: ours.flatMap((source) => factsOf(source).comments).length,
      broken: ours.flatMap(pastIn),
    }
  },
}

export function pastIn(source: SourceFile): readonly string[] {
  return factsOf(source).comments.flatMap(({ text, line }) => {
    const reported = HISTORY.exec(text)?.[0]
    if (reported)
      return [
        `${source.file}:${line}: "${reported}" describes history. Say what is true now; git has the history.`,
      ]
    if (OPEN_END.test(text) && !NUMBERED.test(text))
      return [`${source.file}:${line}: a TODO without an issue number. Write TODO #n, or do it.`]
    return []
  })
}

export const headers: ProjectRule = {
  name: 'every file of a module begins with a comment about its purpose',
  counts: 'files',
  minimum: 250,
  judge: eachFile(needsHeader, withoutHeader),
}

function needsHeader(file: string): boolean {
  return file.startsWith('lib/') && !/\.(test|fakes)\.tsx?$|\.d\.mts$/.test(file)
}

export function withoutHeader({ file, text }: SourceFile): readonly string[] {
  const begins = /^(#!.*\n)?(['"]use client['"];?\n+)?\s*(\/\*\*|\/\/)/.test(text)
  return begins ? [] : [`${file}:1: does not begin with a comment. Say what it is, and what it is not.`]
}
