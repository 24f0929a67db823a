/**
 * `npm run test:quick`: checks in under a minute what a change most likely breaks: types, rules, the linter
 * on changed files, and the unit tests that import them. `npm test` checks everything.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { printLine } from './child.ts'
import { LONG_TESTS, testsNear } from './near-tests.ts'
import { lint, part, PARTS, unit, type TestPart } from './parts.ts'
import { runParts } from './run-parts.ts'
import { readSources, ROOT } from './sources.ts'

const HELP = `npm run test:quick [-- BRANCH]

Types, rules, the linter on the files that changed since BRANCH (main), and the unit tests that import them:
under a minute. Skips tests that take long, and lists them; npm test runs everything.`

if (import.meta.main) {
  const [branch = 'main'] = process.argv.slice(2)
  if (branch === '--help' || branch === '-h') printLine(HELP)
  else process.exitCode = await runParts(partsFor(changedSince(branch)))
}

function partsFor(changed: readonly string[]): readonly TestPart[] {
  const code = changed.filter((file) => /\.(tsx?|mjs)$/.test(file))
  const near = testsNear(code, readSources())
  const tests = near.filter((file) => !LONG_TESTS.includes(file) || changed.includes(file))
  const skipped = near.filter((file) => !tests.includes(file))
  printLine(`${changed.length} files changed; ${tests.length} test files are affected.`)
  if (skipped.length > 0) printLine(`Skipped, because they take long: ${skipped.join(', ')}`)
  return [
    ...PARTS.filter(({ name }) => name === 'types' || name === 'rules'),
    ...(code.length > 0 ? [part('lint', () => lint(code))] : []),
    ...(tests.length > 0 ? [part('unit', () => unit(tests))] : []),
  ].map((part) => ({ ...part, needsPages: false, measures: false }))
}

/** Committed or not, since the work left the branch; since the last commit where there is no such branch. */
function changedSince(branch: string): readonly string[] {
  const base = git('merge-base', 'HEAD', branch)[0] ?? 'HEAD'
  const all = [...git('diff', '--name-only', base), ...git('ls-files', '--others', '--exclude-standard')]
  return [...new Set(all)].filter((file) => existsSync(path.join(ROOT, file)))
}

/** No lines where git fails. */
function git(...args: string[]): readonly string[] {
  try {
    const output = execFileSync('git', args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return output.split('\n').filter((line) => line !== '')
  } catch {
    return []
  }
}
