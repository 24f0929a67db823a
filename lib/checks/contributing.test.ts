/**
 * CONTRIBUTING.md against the repository: the files, commands and code that it names exist as it shows
 * them.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { PARTS } from './parts.ts'
import { ROOT } from './sources.ts'

const guide = readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8')
const named = [...guide.matchAll(/`((?:app|lib|e2e|docs)(?:\/[\w.[\]-]+)*)`/g)].map(([, file]) => file!)
const excerpts = [...guide.matchAll(/```ts\n\s*\/\/ (\S+)\n([^]*?)```/g)].map(
  ([, file, code]) => [file!, code!] as const,
)
const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

test('every file, folder and command that the contributing guide names exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const commands = [...guide.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!)

  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([])
  expect(commands.filter((name) => !(name in scripts))).toEqual([])
  expect(guide).toContain(`\`${PARTS.map(({ name }) => name).join(' ')}\``)
})

test.each(excerpts)('the code that it shows of %s is the current code', (file, code) => {
  const lines = linesOf(readFileSync(path.join(ROOT, file), 'utf8'))
  const shown = linesOf(code)

  expect(shown.length).toBeGreaterThan(0)
  expect(shown.filter((line) => !lines.includes(line))).toEqual([])
})

test('its instructions show current code', () => {
  expect(excerpts.map(([file]) => file.split('/').slice(0, 2).join('/')).toSorted()).toEqual([
    'app/api',
    'app/classifiers',
    'lib/checks',
    'lib/contracts',
    'lib/domain',
    'lib/ml',
  ])
})
