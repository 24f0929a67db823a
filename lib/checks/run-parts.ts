/**
 * Runs parts of the checks, two at a time and the build among them, then those that measure, alone, and prints the
 * closing lines: what failed, what passed only when repeated, and `N passed, N failed, N skipped`. parts.ts lists the
 * parts.
 */
import path from 'node:path'
import { runToEnd, printLine } from './child.ts'
import { childrenCpuSeconds } from './cpu-time.ts'
import type { TestPart } from './parts.ts'
import { ROOT } from './sources.ts'
import { sumOf, type Count } from './test-results.ts'

const CORES = 2 // of the machine for which the order of the parts is chosen

/** Resolves with the exit code: 0 only where something passed and nothing failed. */
export async function runParts(parts: readonly TestPart[]): Promise<number> {
  const began = performance.now()
  const byTwo = partsAtTheSameTime(parts).values()
  const counts = (await Promise.all([inTurn(byTwo), inTurn(byTwo)])).flat()
  counts.push(...(await inTurn(parts.filter(({ measures }) => measures).values())))

  const { passed, failed, skipped, reasons, failures, repeated } = sumOf(counts)
  for (const [reason, count] of countsOf(reasons)) printLine(`Skipped: ${count} (${reason})`)
  for (const test of repeated) printLine(`Passed only when repeated: ${test}`)
  for (const test of failures) printLine(`Failed: ${test}`)
  const cpu = childrenCpuSeconds()
  if (cpu !== null)
    printLine(
      `${secondsSince(began)} s, ${cpu.toFixed(0)} s of CPU time; on ${CORES} cores, no less than ` +
        `${(cpu / CORES).toFixed(0)} s`,
    )
  printLine(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 && passed > 0 ? 0 : 1
}

/** The build, if one is needed, then the parts in their order; those that need the build wait for it. */
function partsAtTheSameTime(parts: readonly TestPart[]): readonly TestPart[] {
  const ordinary = parts.filter(({ measures }) => !measures)
  if (!parts.some(({ needsPages }) => needsPages)) return ordinary
  const built = Promise.withResolvers<void>()
  const buildPart: TestPart = {
    name: 'build',
    needsPages: false,
    measures: false,
    run: () => build().finally(built.resolve),
  }
  const waiting = ({ run, ...part }: TestPart): TestPart => ({
    ...part,
    run: () => (part.needsPages ? built.promise.then(run) : run()),
  })
  return [buildPart, ...ordinary.map(waiting)]
}

/** One part after another, until none are left. */
async function inTurn(waiting: Iterable<TestPart>): Promise<Count[]> {
  const done: Count[] = []
  for (const { name, run } of waiting) done.push(await timed(name, run))
  return done
}

async function timed(name: string, run: TestPart['run']): Promise<Count> {
  printLine(`\n── ${name}`)
  const began = performance.now()
  const count = await run().catch((error: unknown): Count => {
    printLine(error instanceof Error ? error.message : String(error))
    return { passed: 0, failed: 1 }
  })
  const skipped = count.skipped ? `, ${count.skipped} skipped` : ''
  printLine(
    `${count.failed === 0 ? '✓' : '✗'} ${name}: ${count.passed} passed, ${count.failed} failed${skipped} ` +
      `(${secondsSince(began)} s)`,
  )
  return count
}

const secondsSince = (began: number): string => ((performance.now() - began) / 1000).toFixed(1)

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

async function build(): Promise<Count> {
  const { code } = await runToEnd(process.execPath, [path.join(ROOT, 'lib/setup/bootstrap.mjs'), 'build'], {
    cwd: ROOT,
    isShown: true,
  })
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}
