/**
 * `npm run check:mutants`: makes each small change in the rules of lib/domain, one at a time, and runs the
 * tests that depend on the file. A change that no test detects is a missing test, or it is explained in
 * mutants-explained.ts. mutations.ts makes the changes, in child processes (mutant-runner.ts).
 */
import { fork, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { printLine } from './child.ts'
import { EXPLAINED } from './mutants-explained.ts'
import type { MutantMessage } from './mutant-runner.ts'
import { mutationsOf, type Mutation } from './mutations.ts'
import { dependentsOf } from './near-tests.ts'
import { readSources, type SourceFile } from './sources.ts'

const HELP = `npm run check:mutants [-- --file FILE …]

Changes each comparison and each constant of lib/domain (or of the given files), one at a time, and runs
the tests of lib/domain that use the file. Lists the changes that no test detected; exits with 1 if one of
them is not explained in lib/checks/mutants-explained.ts, or if an explanation there explains nothing.
About four minutes on two idle cores.`

const FOLDER = 'lib/domain/'
/** A change can make a loop endless: a child that is silent for longer is ended, and the change counts as detected. */
const START_MS = 600_000 // starting includes one run of all tests, which takes minutes on a busy machine
const silenceMs = (testsMs: number): number => 5_000 + 10 * testsMs

type Tally = { killed: number; explained: number; survived: number; vain: number }

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
      `There is no such file: ${named.join(', ')}. Give its path from the root, such as lib/domain/evaluation/gate.ts.`,
    )
    return 2
  }
  const total: Tally = { killed: 0, explained: 0, survived: 0, vain: 0 }
  const waiting = [...rules]
  const checkNext = async (): Promise<void> => {
    for (let source = waiting.shift(); source; source = waiting.shift()) {
      const tally = await checkFile(source, sources)
      for (const key of ['killed', 'explained', 'survived', 'vain'] as const) total[key] += tally[key]
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, checkNext))
  printLine(`${total.killed} detected, ${total.explained} explained, ${total.survived} not detected`)
  return total.survived + total.vain === 0 ? 0 : 1
}

async function checkFile(source: SourceFile, sources: readonly SourceFile[]): Promise<Tally> {
  const { file, text } = source
  const mutations = mutationsOf(file, text)
  const folder = `${path.posix.dirname(file)}/`
  const dependents = dependentsOf(
    [file],
    sources.filter((one) => one.file.startsWith(folder)),
  )
  const survivors = await survivorsOf(file, [...dependents], mutations)
  const explanations = EXPLAINED.filter((one) => one.file === file)
  const isExplained = ({ from, to }: Mutation): boolean =>
    explanations.some((one) => one.from === from && one.to === to)
  const missing = survivors.filter((one) => !isExplained(one))
  const vain = explanations.filter(
    ({ from, to }) => !survivors.some((one) => one.from === from && one.to === to),
  )
  const lines = [
    ...missing.map(({ line, from, to }) => `  ${file}:${line}  ${from}  →  ${to}`),
    ...vain.map(({ from, to }) => `  ${file}: explained, but detected or not there:  ${from}  →  ${to}`),
  ]
  const killed = mutations.length - survivors.length
  const mark = lines.length === 0 ? '✓' : '✗'
  if (mutations.length > 0) lines.push(`${mark} ${file}: ${killed} of ${mutations.length} detected`)
  lines.forEach(printLine)
  return {
    killed,
    explained: survivors.length - missing.length,
    survived: missing.length,
    vain: vain.length,
  }
}

/** Restarts after a change that hangs or ends the child: that change counts as detected. */
async function survivorsOf(
  file: string,
  dependents: readonly string[],
  mutations: readonly Mutation[],
): Promise<readonly Mutation[]> {
  if (!dependents.some((one) => one.endsWith('.test.ts'))) return mutations
  const survivors: number[] = []
  for (let from = 0; from < mutations.length;) {
    const { isReady, next, survived } = await runFrom(file, dependents, from)
    if (!isReady) throw new Error(`The tests of ${file} cannot be run.`)
    survivors.push(...survived)
    from = next + 1
  }
  return survivors.map((index) => mutations[index]!)
}

/** `next`: the first change that the child did not report. */
type RunResult = { readonly isReady: boolean; readonly next: number; readonly survived: readonly number[] }

function runFrom(file: string, dependents: readonly string[], from: number): Promise<RunResult> {
  const { promise, resolve } = Promise.withResolvers<RunResult>()
  const child = startChild(file, dependents, from)
  const survived: number[] = []
  let [isReady, next, mostMs] = [false, from, START_MS]
  const endLater = (): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), mostMs)
  let timer = endLater()
  child.on('message', (message: MutantMessage) => {
    clearTimeout(timer)
    if (message.kind === 'ready') {
      isReady = true
      mostMs = silenceMs(message.durationMs)
    } else {
      next = message.index + 1
      if (!message.isKilled) survived.push(message.index)
    }
    timer = endLater()
  })
  child.once('exit', () => {
    clearTimeout(timer)
    resolve({ isReady, next, survived })
  })
  return promise
}

function startChild(file: string, dependents: readonly string[], from: number): ChildProcess {
  return fork(path.join(import.meta.dirname, 'mutant-runner.ts'), [file, String(from), ...dependents], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}
