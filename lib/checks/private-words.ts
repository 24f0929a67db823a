/**
 * Rule about words: the private words of earlier texts do not come back, in code, comments, pages or documents.
 * Whether a sentence reads well is for a reviewer to judge.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { documents } from './documents.ts'
import { EXPLAINED, type WordException } from './private-words-explained.ts'
import type { ProjectRule } from './rule.ts'
import { ROOT, type SourceFile } from './sources.ts'

/** Each word with what to write instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  anew: 'again',
  asked: 'requested, or the name of the request',
  begun: 'started',
  beside: 'next to',
  besides: 'also',
  brought: 'uploaded or added',
  door: 'fast path, or what it is',
  doors: 'what they are',
  'held back': 'validation set or test set',
  house: 'the program',
  kept: 'stored, or "is kept"',
  law: 'rule',
  laws: 'rules',
  learnt: 'trained',
  nobody: 'no user, or what does not happen',
  picture: 'image',
  pictures: 'images',
  room: 'capacity or space',
  rooms: 'modules',
  said: 'stated, or the name of the message',
  somebody: 'a user',
  stranger: 'anonymous user',
  strangers: 'anonymous users',
  told: 'reported',
  whoever: 'anyone who',
}

const WORDS = new RegExp(
  `(?<![A-Za-z])(${Object.keys(INSTEAD).join('|').replace(' ', '[ -]')})(?![a-z])`,
  'gi',
)
/** As part of a name: `isAsked`. */
const IN_NAMES =
  /(?<=[a-z])(Asked|Begun|Beside|Brought|Kept|Learnt|Picture|Room|Said|Stranger|Told)(?![a-z])/g
/** "The file is kept" is plain English; "the kept" and a variable `kept` are not. */
const PASSIVE = /\b(?:is|are|was|were|be|been|not) (?:also )?$/

const THE_WORDS_THEMSELVES =
  /^lib\/checks\/(names|private-words(-explained)?|(private-words|rules)\.test)\.ts$/

export const privateWords: ProjectRule = {
  name: 'no private word stands in code, comments, pages or documents',
  counts: 'files',
  minimum: 1_000,
  judge: (sources) => {
    const texts = documents().map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }))
    const files = [...sources, ...texts].filter(({ file }) => !THE_WORDS_THEMSELVES.test(file))
    return {
      checked: files.length,
      broken: [...files.flatMap((source) => wordsIn(source, EXPLAINED)), ...unneeded(files, EXPLAINED)],
    }
  },
}

export function wordsIn({ file, text }: SourceFile, explained: readonly WordException[]): readonly string[] {
  const allowed = explained.filter(({ files }) => files.test(file))
  return text.split('\n').flatMap((line, i) =>
    privateIn(line)
      .filter(({ context }) => !allowed.some(({ text: accepted }) => accepted.test(context)))
      .map(
        ({ word }) =>
          `${file}:${i + 1}: the word "${word}". Write ${INSTEAD[word.toLowerCase().replace('-', ' ')]}, ` +
          'or explain it in lib/checks/private-words-explained.ts.',
      ),
  )
}

/** The private words of a line, each with the 24 characters on both sides. */
function privateIn(line: string): readonly { readonly word: string; readonly context: string }[] {
  return [...line.matchAll(WORDS), ...line.matchAll(IN_NAMES)].flatMap((match) => {
    const [word] = match
    const before = line.slice(0, match.index)
    if (word.toLowerCase() === 'kept' && PASSIVE.test(before)) return []
    return [{ word, context: line.slice(Math.max(0, match.index - 24), match.index + word.length + 24) }]
  })
}

/** Exceptions that no file needs. */
export const unneeded = (
  files: readonly SourceFile[],
  explained: readonly WordException[],
): readonly string[] =>
  explained
    .filter(
      (one) =>
        !files.some(
          ({ file, text }) =>
            one.files.test(file) &&
            text.split('\n').some((line) => privateIn(line).some(({ context }) => one.text.test(context))),
        ),
    )
    .map(
      ({ text, reason }) =>
        `lib/checks/private-words-explained.ts: no file needs ${text} (${reason}). Remove it.`,
    )
