/** Prints the table of rooms and doors into docs/architecture.md, and tells whether what stands there is current.
 *  The prose around the tables is written by hand. `node lib/checks/architecture.ts --write` */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Law } from './rule.ts'
import { DOORS, ROOMS, TEST_PACKAGES } from './module-boundaries.ts'
import { ROOT } from './sources.ts'

export const DOCUMENT = 'docs/architecture.md'

const BEGIN = (name: string) => `<!-- ${name}: printed by \`node lib/checks/architecture.ts --write\` -->`
const END = (name: string) => `<!-- end of ${name} -->`

export function printed(): Readonly<Record<'rooms' | 'doors', string>> {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  const rooms = Object.entries(ROOMS).map(
    ([name, { is, may }]) => `| \`${name}\` | ${is} | ${may.length === 0 ? '–' : may.join(', ')} |`,
  )
  const doors = DOORS.map(([packages, owners]) => `| ${code(packages)} | ${owners.join(', ')} |`)
  return {
    rooms: ['| module | purpose | may import |', '|---|---|---|', ...rooms].join('\n'),
    doors: ['| package | imported by |', '|---|---|', ...doors, `| ${code(TEST_PACKAGES)} | tests |`].join(
      '\n',
    ),
  }
}

/** The document with its tables replaced by what the law says. */
export function withTables(document: string): string {
  return Object.entries(printed()).reduce((text, [name, table]) => {
    const [before, rest] = text.split(BEGIN(name))
    const after = rest?.split(END(name))[1]
    if (before === undefined || after === undefined)
      throw new Error(`${DOCUMENT} does not have the markers of "${name}": ${BEGIN(name)} … ${END(name)}`)
    return `${before}${BEGIN(name)}\n\n${table}\n\n${END(name)}${after}`
  }, document)
}

export const architectureIsCurrent: Law = {
  name: 'the tables of docs/architecture.md are current',
  counts: 'modules',
  floor: 22,
  judge: () => {
    const document = readFileSync(path.join(ROOT, DOCUMENT), 'utf8')
    const isCurrent = withTables(document) === document
    return {
      seen: Object.keys(ROOMS).length,
      broken: isCurrent
        ? []
        : [`${DOCUMENT}: the tables differ from the rules. Run: node lib/checks/architecture.ts --write`],
    }
  },
}

if (import.meta.main) {
  const file = path.join(ROOT, DOCUMENT)
  const document = readFileSync(file, 'utf8')
  if (process.argv.includes('--write')) writeFileSync(file, withTables(document))
  else process.stdout.write(withTables(document))
}
