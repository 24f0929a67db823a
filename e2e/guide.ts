/** A guide of docs/ as its pieces: what a reader would copy, what they are told to see, and the words of
 *  pages that it names. Whether these are true, the specs tell that run them. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '#lib/checks/sources.ts'

type Piece = { readonly language: string; readonly text: string; readonly line: number }

/** The fenced blocks, in the order of the page. */
export function piecesOf(file: string): readonly Piece[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  return [...text.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    text: match[2]!,
    line: text.slice(0, match.index).split('\n').length,
  }))
}

/** The words that a guide says stand on a page: those in bold. */
export const wordsOnPages = (file: string): readonly string[] => [
  ...new Set(
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => words!),
  ),
]

/** Of the lines that a guide shows, those that were not printed so. A figure stands for any figure, `…` for
 *  anything, a space for any. */
export function notPrinted(shown: string, printed: string): readonly string[] {
  return shown
    .split('\n')
    .filter((line) => line.trim() !== '')
    .filter((line) => {
      const pattern = line
        .trim()
        .split(/(\d[\d.,]*|…)/)
        .map((part, i) => {
          if (i % 2 === 0) return literal(part)
          return part === '…' ? '.*' : '\\d[\\d.,]*'
        })
      return !new RegExp(`^\\s*${pattern.join('')}\\s*$`, 'm').test(printed)
    })
}

/** Of the fields that a guide shows, those that are not there or of another kind. `null` stands for anything;
 *  a list is told by its first. */
export function notAnswered(shown: unknown, answered: unknown, at = ''): readonly string[] {
  if (shown === null || answered === null) return []
  if (Array.isArray(shown)) {
    if (!Array.isArray(answered)) return [`${at} is no list`]
    return shown.length === 0 || answered.length === 0 ? [] : notAnswered(shown[0], answered[0], `${at}[0]`)
  }
  if (typeof shown !== typeof answered)
    return [`${at} is ${answered === undefined ? 'not there' : `a ${typeof answered}`}`]
  if (typeof shown !== 'object') return []
  return Object.entries(shown).flatMap(([name, value]) =>
    notAnswered(value, (answered as Record<string, unknown>)[name], `${at}.${name}`),
  )
}

/** Of words of a guide, those that no page had. A figure stands for any figure. */
export function neverSeen(words: readonly string[], pages: readonly string[]): readonly string[] {
  const text = pages.join('\n').replaceAll(/\s+/g, ' ')
  return words.filter(
    (one) =>
      !new RegExp(
        one
          .trim()
          .split(/(\d[\d.,]*)/)
          .map((part, i) => (i % 2 === 0 ? literal(part) : '\\d[\\d.,]*'))
          .join(''),
      ).test(text),
  )
}

const literal = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(/\s+/g, '\\s+')
