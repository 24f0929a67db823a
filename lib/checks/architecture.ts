/**
 * Prints the tables of modules and packages into docs/architecture.md and checks that they are current. The
 * text around the tables is written by hand. Usage: `node lib/checks/architecture.ts --write`
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { ProjectRule } from './rule.ts'
import { PACKAGE_OWNERS, MODULES, TEST_PACKAGES } from './module-boundaries.ts'
import { ROOT } from './sources.ts'

export const DOCUMENT = 'docs/architecture.md'

const BEGIN = (name: string) => `<!-- ${name}: printed by \`node lib/checks/architecture.ts --write\` -->`
const END = (name: string) => `<!-- end of ${name} -->`

export function printed(): Readonly<Record<'modules' | 'packages', string>> {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  const modules = Object.entries(MODULES).map(
    ([name, { is, may }]) => `| \`${name}\` | ${is} | ${may.length === 0 ? '–' : may.join(', ')} |`,
  )
  const packages = PACKAGE_OWNERS.map(([packages, owners]) => `| ${code(packages)} | ${owners.join(', ')} |`)
  return {
    modules: ['| module | purpose | may import |', '|---|---|---|', ...modules].join('\n'),
    packages: [
      '| package | imported by |',
      '|---|---|',
      ...packages,
      `| ${code(TEST_PACKAGES)} | tests |`,
    ].join('\n'),
  }
}

/** The document with its tables replaced by those of module-boundaries.ts. */
export function withTables(document: string): string {
  return Object.entries(printed()).reduce((text, [name, table]) => {
    const [before, rest] = text.split(BEGIN(name))
    const after = rest?.split(END(name))[1]
    if (before === undefined || after === undefined)
      throw new Error(`${DOCUMENT} does not have the markers of "${name}": ${BEGIN(name)} … ${END(name)}`)
    return `${before}${BEGIN(name)}\n\n${table}\n\n${END(name)}${after}`
  }, document)
}

export const architectureIsCurrent: ProjectRule = {
  name: 'the tables of docs/architecture.md are current',
  counts: 'modules',
  minimum: 22,
  judge: () => {
    const document = readFileSync(path.join(ROOT, DOCUMENT), 'utf8')
    const isCurrent = withTables(document) === document
    return {
      checked: Object.keys(MODULES).length,
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
