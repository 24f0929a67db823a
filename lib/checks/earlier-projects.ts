/** The law of the earlier projects: each line of what they had stands in docs/earlier-projects.md, with tests that exist.
 *  Whether a test proves its line, people judge. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Law } from './law.ts'
import { ROOT } from './sources.ts'

const PAGE = 'docs/earlier-projects.md'
/** How many lines each chapter has. Chapter 4, what they promised of training, belongs to the cards of the models. */
const LINES: Readonly<Record<string, number>> = { 1: 27, 2: 8, 3: 8, 5: 5, 6: 13, 7: 2 }

export const earlierProjectsCovered: Law = {
  name: 'what the earlier projects had is covered by tests that exist',
  counts: 'lines',
  floor: 60,
  judge: () => {
    const page = readFileSync(path.join(ROOT, PAGE), 'utf8')
    return { seen: rowsIn(page).length, broken: uncovered(page, LINES, textOf) }
  },
}

export function uncovered(page: string, lines: Readonly<Record<string, number>>, read: (file: string) => string | null): readonly string[] {
  const rows = rowsIn(page)
  const wanted = Object.entries(lines).flatMap(([chapter, count]) => Array.from({ length: count }, (_, i) => `${chapter}.${i + 1}`))
  return [
    ...wanted.filter((line) => !rows.some((row) => row.line === line)).map((line) => `${PAGE}: the line ${line} is missing.`),
    ...rows.flatMap(({ line, cell }) => {
      const tests = [...cell.matchAll(/`([^`]+)`: "([^"]+)"/g)]
      if (tests.length === 0) return [`${PAGE}: the line ${line} names no test.`]
      return tests.flatMap(([, file = '', words = '']) => {
        const text = read(file)
        if (text === null) return [`${PAGE}: the line ${line} names ${file}, which is not there.`]
        return text.includes(words) ? [] : [`${PAGE}: the line ${line} names "${words}", which does not stand in ${file}.`]
      })
    }),
  ]
}

const rowsIn = (page: string) => [...page.matchAll(/^\| (\d+\.\d+) \|[^|]*\|(.*)\|$/gm)].map(([, line = '', cell = '']) => ({ line, cell }))

function textOf(file: string): string | null {
  const place = path.join(ROOT, file)
  return existsSync(place) ? readFileSync(place, 'utf8') : null
}
