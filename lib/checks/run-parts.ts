/**
 * Runs parts of the checks, those that use one core two at a time, the build among them, and prints the
 * closing line `N passed, N failed, N skipped`. parts.ts lists the parts.
 */
import path from 'node:path'
import { runToEnd, printLine } from './child.ts'
import { sumOf, type Count, type TestPart } from './parts.ts'
import { ROOT } from './sources.ts'

/** Resolves with the exit code: 0 only where something passed and nothing failed. */
export async function runParts(parts: readonly TestPart[]): Promise<number> {
  const byTwo = lightParts(parts).values()
  const counts = (await Promise.all([inTurn(byTwo), inTurn(byTwo)])).flat()
  counts.push(...(await inTurn(parts.filter(({ isLight }) => !isLight).values())))

  const { passed, failed, skipped } = sumOf(counts)
  printLine(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 && passed > 0 ? 0 : 1
}

/** The build, if one is needed, then parts that do without it, then those that wait for it. */
function lightParts(parts: readonly TestPart[]): readonly TestPart[] {
  const light = parts.filter(({ isLight }) => isLight)
  if (!parts.some(({ needsPages }) => needsPages)) return light
  const built = Promise.withResolvers<void>()
  const buildPart: TestPart = {
    name: 'build',
    needsPages: false,
    isLight: true,
    run: () => build().finally(built.resolve),
  }
  const afterBuild = light
    .filter(({ needsPages }) => needsPages)
    .map((part): TestPart => ({ ...part, run: () => built.promise.then(part.run) }))
  return [buildPart, ...light.filter(({ needsPages }) => !needsPages), ...afterBuild]
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
  const skipped = count.skipped ? `, ${count.skipped} skipped: this machine does not have what they need` : ''
  printLine(
    `${count.failed === 0 ? '✓' : '✗'} ${name}: ${count.passed} passed, ${count.failed} failed${skipped} ` +
      `(${((performance.now() - began) / 1000).toFixed(1)} s)`,
  )
  return count
}

async function build(): Promise<Count> {
  const { code } = await runToEnd(process.execPath, [path.join(ROOT, 'lib/setup/bootstrap.mjs'), 'build'], {
    cwd: ROOT,
    isShown: true,
  })
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}
