/**
 * Rule about hidden inputs: modules without a clock get time, random numbers and settings as arguments, and
 * only entry points read the environment. Tests are exempt.
 */
import { isTest, moduleOf, type Module } from './module-boundaries.ts'
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

const WITHOUT_CLOCK: readonly Module[] = ['domain', 'contracts', 'ml', 'serving', 'jobs']
const CLOCK_AND_CHANCE: ReadonlySet<string> = new Set([
  'Date.now',
  'new Date()',
  'performance.now',
  'setTimeout()',
  'setInterval()',
  'AbortSignal.timeout',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'crypto.randomBytes',
  'randomUUID()',
  'randomBytes()',
])

const READS_ENVIRONMENT: readonly Module[] = ['processes', 'commands', 'setup', 'checks', 'e2e', 'config']
const ENVIRONMENT = /^process\.env$/
/**
 * Reads nothing: it turns off a library's reports to its vendor, which only an environment variable can do,
 * in whichever process loads the library.
 */
const SETS_ENVIRONMENT: readonly string[] = ['lib/engines/ort/library.ts']

export const hiddenInputs: ProjectRule = {
  name: 'no hidden clock, random numbers or environment',
  counts: 'files',
  minimum: 400,
  judge: eachFile((file) => file.startsWith('lib/') || file.startsWith('app/'), hiddenIn),
}

export function hiddenIn(source: SourceFile): readonly string[] {
  const moduleName = moduleOf(source.file)
  if (!moduleName || isTest(source.file)) return []
  return factsOf(source).uses.flatMap(({ name, line }) => {
    if (WITHOUT_CLOCK.includes(moduleName) && CLOCK_AND_CHANCE.has(name))
      return [
        `${source.file}:${line}: ${name} is not allowed in ${moduleName}. Pass the time or the number as an argument.`,
      ]
    if (
      !READS_ENVIRONMENT.includes(moduleName) &&
      !SETS_ENVIRONMENT.includes(source.file) &&
      ENVIRONMENT.test(name)
    )
      return [
        `${source.file}:${line}: ${name} in ${moduleName}. Only ${READS_ENVIRONMENT.slice(0, 3).join(', ')} ` +
          'read the environment, through contracts/settings.ts. Pass the value as an argument.',
      ]
    return []
  })
}
