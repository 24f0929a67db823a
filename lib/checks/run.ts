/** `npm test`: all checks, or the parts that are named. The parts themselves are in parts.ts. */
import { printLine } from './child.ts'
import { PARTS, type TestPart } from './parts.ts'
import { runParts } from './run-parts.ts'

const isNamed = (part: TestPart, name: string): boolean => part.name === name || part.otherName === name

const requested = process.argv.slice(2)
const unknown = requested.filter((name) => !PARTS.some((part) => isNamed(part, name)))
if (unknown.length > 0) {
  printLine(
    `There is no part "${unknown.join('", "')}". The parts are: ${PARTS.map(({ name }) => name).join(', ')}.`,
  )
  process.exitCode = 2
} else {
  process.exitCode = await runParts(
    PARTS.filter((part) => requested.length === 0 || requested.some((name) => isNamed(part, name))),
  )
}
