/**
 * The tables of README.md, compared with the program: settings with their defaults and meanings, documented
 * routes, benchmarks that exist.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { contracts } from '#lib/contracts/index.ts'
import { settings } from '#lib/contracts/settings.ts'
import { ROOT } from './sources.ts'

const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8')
const defaults = settings.parse({}) as Readonly<Record<string, unknown>>
const rows = new Map(
  [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) ?\| (.+) \|$/gm)].map(([, name, usual, meaning]) => [
    name!,
    { usual: usual!, meaning: meaning! },
  ]),
)

test.each(Object.entries(settings.shape))(
  'the row of %s has its default and its description',
  (name, { description }) => {
    const row = rows.get(name)
    const usual = defaults[name]

    expect(row?.meaning).toBe(description)
    if (typeof usual === 'number') expect(Number(row!.usual)).toBe(usual)
    else expect(row!.usual).toBe(usual === undefined ? '—' : String(usual))
  },
)

test('every route that it names is documented', () => {
  const named = [...readme.matchAll(/`(GET|POST|PATCH|DELETE) (\/api\/[\w/{}]*)`/g)].map(
    ([, method, place]) => `${method} ${place}`,
  )

  expect(named.length).toBeGreaterThan(10)
  expect(
    named.filter((one) => !contracts.some(({ method, path: place }) => `${method} ${place}` === one)),
  ).toEqual([])
})

test('every benchmark that it names exists, and it names every benchmark', () => {
  const there = [
    ...readFileSync(path.join(ROOT, 'lib/commands/bench.ts'), 'utf8').matchAll(/^ {2}(\w+): \{\s+is: /gm),
  ].map(([, name]) => name!)
  const named = [...readme.matchAll(/`npm run bench -- (\w+)`/g)].map(([, name]) => name!)

  expect(there.length).toBeGreaterThan(1)
  expect(new Set(named)).toEqual(new Set(there))
})
