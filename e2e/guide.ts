/**
 * A guide of docs/ in pieces: commands to copy, expected output, and the words of pages that it names. The
 * specs that run the pieces check whether they are true.
 */
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

/** The words that a guide quotes from pages: those in bold. */
export const wordsOnPages = (file: string): readonly string[] => [
  ...new Set(
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => words!),
  ),
]

/**
 * The lines of a guide that were not printed. A figure matches any figure, `…` matches anything, and a
 * space any space.
 */
export function missingLines(shown: string, printed: string): readonly string[] {
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

/**
 * The fields of a guide that are missing or have another type. `null` matches anything; a list is compared
 * by its first element.
 */
export function missingFields(shown: unknown, answered: unknown, at = ''): readonly string[] {
  if (shown === null || answered === null) return []
  if (Array.isArray(shown)) {
    if (!Array.isArray(answered)) return [`${at} is no list`]
    return shown.length === 0 || answered.length === 0 ? [] : missingFields(shown[0], answered[0], `${at}[0]`)
  }
  if (typeof shown !== typeof answered)
    return [`${at} is ${answered === undefined ? 'not there' : `a ${typeof answered}`}`]
  if (typeof shown !== 'object') return []
  return Object.entries(shown).flatMap(([name, value]) =>
    missingFields(value, (answered as Record<string, unknown>)[name], `${at}.${name}`),
  )
}

/** The words of a guide that are on no page. A figure matches any figure. */
export function missingWords(words: readonly string[], pages: readonly string[]): readonly string[] {
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
