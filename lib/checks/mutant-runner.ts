/**
 * A child of mutants.ts: runs the tests of one source once per mutation of it, in one Vitest instance, and
 * reports whether a test failed. The source on the disk is never changed.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createVitest } from 'vitest/node'
import { mutated, mutationsOf, type Mutation } from './mutations.ts'
import { ROOT } from './sources.ts'

export type MutantResult = { readonly index: number; readonly isKilled: boolean }

const [file = '', from = '0', ...tests] = process.argv.slice(2)
const place = path.join(ROOT, file)
const text = readFileSync(place, 'utf8')
let now: Mutation | null = null

const vitest = await createVitest(
  {
    root: ROOT,
    watch: false,
    pool: 'threads',
    maxWorkers: 1,
    isolate: true,
    bail: 1,
    fsModuleCache: false, // the key is the file itself, not the plugin's output
    reporters: [{}],
  },
  {
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        load: (id) => (id === place && now ? mutated(text, now) : undefined),
      },
    ],
  },
)
const specifications = (await vitest.globTestSpecifications([...tests])).filter(({ moduleId }) =>
  tests.includes(path.relative(ROOT, moduleId)),
)

/** Without a mutation the tests pass; otherwise their results mean nothing. */
const passes = async (): Promise<boolean> => {
  vitest.invalidateFile(place)
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  return unhandledErrors.length === 0 && testModules.every((one) => one.ok())
}
if (specifications.length === 0 || !(await passes())) {
  process.stderr.write(`The tests of ${file} do not pass without a change: ${tests.join(', ')}.\n`)
  process.exit(1)
}
for (const [index, mutation] of mutationsOf(file, text).entries()) {
  if (index < Number(from)) continue
  now = mutation
  const result: MutantResult = { index, isKilled: !(await passes()) }
  process.send?.(result)
}
await vitest.close()
process.exit(0)
