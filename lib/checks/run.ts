/** `npm test`: every check there is, or those that are named. The parts themselves are in parts.ts. */
import { sayLine } from './child.ts'
import { PARTS } from './parts.ts'
import { runParts } from './run-parts.ts'

const requested = process.argv.slice(2)
const unknown = requested.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  sayLine(
    `There is no part "${unknown.join('", "')}". The parts are: ${PARTS.map(({ name }) => name).join(', ')}.`,
  )
  process.exitCode = 2
} else {
  process.exitCode = await runParts(
    PARTS.filter(({ name }) => requested.length === 0 || requested.includes(name)),
  )
}
