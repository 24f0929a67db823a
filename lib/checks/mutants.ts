/**
 * `npm run check:mutants`: makes each small change in the rules of lib/domain, one at a time, and runs the
 * tests that depend on the file. A change that no test detects is a missing test, or it is explained in
 * mutants-explained.ts. mutations.ts makes the changes, in a child process (mutant-runner.ts).
 */
import { fork, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { printLine } from './child.ts'
import { EXPLAINED } from './mutants-explained.ts'
import type { MutantResult } from './mutant-runner.ts'
import { mutationsOf, type Mutation } from './mutations.ts'
import { dependentsOf } from './near-tests.ts'
import { readSources, type SourceFile } from './sources.ts'

const HELP = `npm run check:mutants [-- --file FILE …]

Changes each comparison and each constant of lib/domain (or of the given files), one at a time, and runs
the tests of lib/domain that use the file. Lists the changes that no test detected; exits with 1 if one of
them is not explained in lib/checks/mutants-explained.ts. About ten minutes on an idle machine.`

const FOLDER = 'lib/domain/'
/** A change can make a loop endless: a test run without a message for this long counts as detected. */
const LONGEST_RUN_MS = 60_000

type Tally = { killed: number; explained: number; survived: number }

if (import.meta.main) {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) printLine(HELP)
  else process.exitCode = await checkMutants(args.filter((one) => one !== '--file'))
}

async function checkMutants(named: readonly string[]): Promise<number> {
  const sources = readSources()
  const isRule = (file: string): boolean => file.startsWith(FOLDER) && !/\.(test|fakes)\.ts$/.test(file)
  const rules = sources.filter(({ file }) => (named.length > 0 ? named.includes(file) : isRule(file)))
  if (rules.length === 0) {
    printLine(
      `There is no such file: ${named.join(', ')}. Give its path from the root, such as lib/domain/gate.ts.`,
    )
    return 2
  }
  const total: Tally = { killed: 0, explained: 0, survived: 0 }
  for (const source of rules) {
    const tally = await checkFile(source, sources)
    total.killed += tally.killed
    total.explained += tally.explained
    total.survived += tally.survived
  }
  printLine(`${total.killed} detected, ${total.explained} explained, ${total.survived} not detected`)
  return total.survived === 0 ? 0 : 1
}

async function checkFile(source: SourceFile, sources: readonly SourceFile[]): Promise<Tally> {
  const { file, text } = source
  const mutations = mutationsOf(file, text)
  const folder = `${path.posix.dirname(file)}/`
  const tests = [...dependentsOf([file], sources)].filter(
    (one) => one.startsWith(folder) && one.endsWith('.test.ts'),
  )
  const tally: Tally = { killed: 0, explained: 0, survived: 0 }
  if (mutations.length === 0) return tally
  const survivors: Mutation[] = []
  if (tests.length === 0) survivors.push(...mutations)
  else for (const index of await survivorsOf(file, tests, mutations.length)) survivors.push(mutations[index]!)
  for (const { line, from, to } of survivors) {
    const explanation = EXPLAINED.find((one) => one.file === file && one.from === from && one.to === to)
    if (explanation) tally.explained += 1
    else {
      tally.survived += 1
      printLine(`  ${file}:${line}  ${from}  →  ${to}`)
    }
  }
  tally.killed = mutations.length - survivors.length
  printLine(`${tally.survived === 0 ? '✓' : '✗'} ${file}: ${tally.killed} of ${mutations.length} noticed`)
  return tally
}

/** Restarts after a change that hangs or ends the child: that change counts as detected. */
async function survivorsOf(
  file: string,
  tests: readonly string[],
  count: number,
): Promise<readonly number[]> {
  const survivors: number[] = []
  for (let from = 0; from < count;) {
    const { next, survived } = await runFrom(file, tests, from)
    survivors.push(...survived)
    if (next === from && from === 0 && survived.length === 0 && !(await canRun(file, tests)))
      throw new Error(`The tests of ${file} cannot be run: ${tests.join(', ')}.`)
    from = next >= count ? count : next + 1
  }
  return survivors
}

/** Whether the tests pass on the unchanged file; the child prints which of them do not. */
async function canRun(file: string, tests: readonly string[]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<number | null>()
  startChild(file, tests, Number.MAX_SAFE_INTEGER).once('exit', resolve)
  return (await promise) === 0
}

function startChild(file: string, tests: readonly string[], from: number): ChildProcess {
  return fork(path.join(import.meta.dirname, 'mutant-runner.ts'), [file, String(from), ...tests], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

/** `next`: the first change that the child did not report. */
function runFrom(
  file: string,
  tests: readonly string[],
  from: number,
): Promise<{ readonly next: number; readonly survived: readonly number[] }> {
  const { promise, resolve } = Promise.withResolvers<{ next: number; survived: readonly number[] }>()
  const child = startChild(file, tests, from)
  const survived: number[] = []
  let next = from
  const hangs = (): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS)
  let timer = hangs()
  child.on('message', ({ index, isKilled }: MutantResult) => {
    clearTimeout(timer)
    timer = hangs()
    next = index + 1
    if (!isKilled) survived.push(index)
  })
  child.once('exit', () => {
    clearTimeout(timer)
    resolve({ next, survived })
  })
  return promise
}
