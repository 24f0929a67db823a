/** `npm test`: every check there is, or those that are named. The parts themselves are in parts.ts. */
import { sayLine } from './child.ts'
import { PARTS } from './parts.ts'
import { runParts } from './run-parts.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !PARTS.some((part) => part.name === name))
if (unknown.length > 0) {
  sayLine(
    `There is no part "${unknown.join('", "')}". There are: ${PARTS.map(({ name }) => name).join(', ')}.`,
  )
  process.exitCode = 2
} else {
  process.exitCode = await runParts(PARTS.filter(({ name }) => asked.length === 0 || asked.includes(name)))
}
