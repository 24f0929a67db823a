/** `npm test`: every check there is, those that use one core two at a time, and one closing line
 *  `N passed, N failed, N skipped`. With names of parts it runs those alone. The parts themselves are in parts.ts. */
import path from 'node:path'
import { runToEnd, sayLine } from './child.ts'
import { PARTS, sumOf, type Count, type TestPart } from './parts.ts'
import { ROOT } from './sources.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  sayLine(
    `There is no part "${unknown.join('", "')}". There are: ${PARTS.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(2)
}

const parts = PARTS.filter(({ name }) => asked.length === 0 || asked.includes(name))
const counts: Count[] = []
if (parts.some(({ needsPages }) => needsPages)) counts.push(await timed('build', build))
const byTwo = parts.filter(({ isLight }) => isLight).values()
counts.push(...(await Promise.all([inTurn(byTwo), inTurn(byTwo)])).flat())
counts.push(...(await inTurn(parts.filter(({ isLight }) => !isLight).values())))

const { passed, failed, skipped } = sumOf(counts)
sayLine(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

/** One part after another, as long as there are any. */
async function inTurn(waiting: Iterable<TestPart>): Promise<Count[]> {
  const done: Count[] = []
  for (const { name, run } of waiting) done.push(await timed(name, run))
  return done
}

async function timed(name: string, run: TestPart['run']): Promise<Count> {
  sayLine(`\n── ${name}`)
  const began = performance.now()
  const count = await run().catch((error: unknown): Count => {
    sayLine(error instanceof Error ? error.message : String(error))
    return { passed: 0, failed: 1 }
  })
  const skipped = count.skipped ? `, ${count.skipped} skipped: what they need is not on this machine` : ''
  sayLine(
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
