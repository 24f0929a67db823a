/**
 * Rule about the earlier projects: docs/earlier-projects.md has each line of their list, with its words,
 * and tests that exist by file and title. Whether a test proves its line is for a reviewer to judge. The
 * list itself is not part of the program: the page is compared with it where it exists.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { ProjectRule } from './rule.ts'
import { ROOT } from './sources.ts'

const PAGE = 'docs/earlier-projects.md'
const LIST = path.resolve(ROOT, process.env['DARKROOM_REAL_DATA'] ?? '../shared/data', '../EARLIER.md')
/** How many lines each chapter has. Chapter 4, about training results, is answered by the model cards. */
const LINES: Readonly<Record<string, number>> = { 1: 33, 2: 8, 3: 8, 5: 3, 6: 16, 7: 6 }
/** A shorter quotation matches too many titles to identify one. */
const SHORTEST_WORDS = 8

export const earlierProjectsCovered: ProjectRule = {
  name: 'features of the earlier projects are covered by tests that exist',
  counts: 'lines',
  minimum: 74,
  judge: () => {
    const page = readFileSync(path.join(ROOT, PAGE), 'utf8')
    const list = textOf(LIST)
    return {
      checked: rowsIn(page).length,
      broken: [
        ...uncovered(page, LINES, (file) => textOf(path.join(ROOT, file))),
        ...(list === null ? [] : strayed(page, list)),
      ],
    }
  },
}

export function uncovered(
  page: string,
  lines: Readonly<Record<string, number>>,
  read: (file: string) => string | null,
): readonly string[] {
  const rows = rowsIn(page)
  const expected = Object.entries(lines).flatMap(([chapter, count]) =>
    Array.from({ length: count }, (_, i) => `${chapter}.${i + 1}`),
  )
  return [
    ...expected
      .filter((line) => !rows.some((row) => row.line === line))
      .map((line) => `${PAGE}: line ${line} is missing.`),
    ...rows.flatMap(({ line, tests }) => {
      const named = [...tests.matchAll(/`([^`]+)`: "([^"]+)"/g)]
      if (named.length === 0) return [`${PAGE}: line ${line} names no test.`]
      return named.flatMap(([, file = '', words = '']) => {
        const text = read(file)
        if (text === null) return [`${PAGE}: line ${line} names ${file}, which does not exist.`]
        if (!/\.(test|spec|fakes)\.ts$/.test(file))
          return [`${PAGE}: line ${line} names ${file}, which is not a test.`]
        const isTitle =
          words.length >= SHORTEST_WORDS && titlesIn(text).some((title) => title.includes(words))
        return isTitle
          ? []
          : [`${PAGE}: line ${line} names "${words}", which is not the title of a test in ${file}.`]
      })
    }),
  ]
}

/**
 * Differences between the page and the list: a line that only one of them has, or words in code format or
 * bold that the list does not have in that line.
 */
export function strayed(page: string, list: string): readonly string[] {
  const rows = rowsIn(page)
  const lines = linesOf(list)
  return [
    ...[...lines.keys()]
      .filter((line) => !rows.some((row) => row.line === line))
      .map((line) => `${PAGE}: line ${line} of the list is missing: ${lines.get(line)!.slice(0, 80)}`),
    ...rows.flatMap(({ line, what }) => {
      const output = lines.get(line)
      if (output === undefined) return [`${PAGE}: the list has no line ${line}.`]
      const words = [...what.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*/g)].map(([, code, bold]) => code ?? bold!)
      if (words.length === 0)
        return [`${PAGE}: line ${line} has no words from the list, in code format or bold.`]
      return words
        .filter((one) => !plain(output).includes(plain(one)))
        .map((one) => `${PAGE}: the list does not say "${one}" in its line ${line}: ${output.slice(0, 80)}`)
    }),
  ]
}

/**
 * The lines of the list by chapter and number, without chapter 4: rows of tables, then items with a box,
 * then numbered sentences.
 */
export function linesOf(list: string): ReadonlyMap<string, string> {
  const chapters = list
    .split(/^## (?=\d)/m)
    .slice(1)
    .filter((chapter) => !chapter.startsWith('4'))
  return new Map(
    chapters.flatMap((chapter) => {
      const rows = [...chapter.matchAll(/^\| (?:\[ \] [\d.]+|[A-Z]{2}) \|.*$/gm)].map(([row]) => row)
      const items = chapter
        .replaceAll(/^\|.*$/gm, '')
        .split('[ ]')
        .slice(1)
      const numbered = [...chapter.matchAll(/^\d\. .*$/gm)].map(([row]) => row)
      return [...rows, ...items, ...numbered].map((line, i) => [`${chapter[0]}.${i + 1}`, line] as const)
    }),
  )
}

/** The titles of tests: first argument of `test(…)`, of a table's call and of its rows, and of `story`. */
function titlesIn(text: string): readonly string[] {
  const places = [
    /\b(?:test|describe)(?:\.\w+)?\(\s*(['"`])(.*?)\1/g,
    /\)\(\s*(['"`])(.*?)\1/g,
    /\bstory: (['"`])(.*?)\1/g,
    /^\s*\[\s*(['"`])(.*?)\1,/gm,
  ]
  return places.flatMap((place) => [...text.matchAll(place)].map(([, , title = '']) => title))
}

const rowsIn = (page: string) =>
  [...page.matchAll(/^\| (\d+\.\d+) \|([^|]*)\|(.*)\|$/gm)].map(([, line = '', what = '', tests = '']) => ({
    line,
    what,
    tests,
  }))
const plain = (words: string) => words.replaceAll('`', '').toLowerCase()
const textOf = (place: string): string | null => (existsSync(place) ? readFileSync(place, 'utf8') : null)
