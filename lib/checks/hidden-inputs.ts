/** The law of hidden inputs: rooms without a clock get time, chance and settings as arguments, and only
 *  entries read the environment. Tests may use what they like. */
import { isTest, roomOf, type Room } from './module-boundaries.ts'
import { eachFile, type Law } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

const WITHOUT_CLOCK: readonly Room[] = ['domain', 'contracts', 'ml', 'serving', 'jobs']
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

const READS_ENVIRONMENT: readonly Room[] = ['processes', 'commands', 'setup', 'checks', 'e2e', 'config']
const ENVIRONMENT = /^process\.env$/
/** Reads nothing: a library that reports to its maker is silenced by the environment alone, whichever process
 *  opens it. */
const SETS_ENVIRONMENT: readonly string[] = ['lib/engines/ort/library.ts']

export const hiddenInputs: Law = {
  name: 'no hidden clock, random numbers or environment',
  counts: 'files',
  floor: 400,
  judge: eachFile((file) => file.startsWith('lib/') || file.startsWith('app/'), hiddenIn),
}

export function hiddenIn(source: SourceFile): readonly string[] {
  const room = roomOf(source.file)
  if (!room || isTest(source.file)) return []
  return factsOf(source).uses.flatMap(({ name, line }) => {
    if (WITHOUT_CLOCK.includes(room) && CLOCK_AND_CHANCE.has(name))
      return [
        `${source.file}:${line}: ${name} is not allowed in ${room}. Pass the time or the number as an argument.`,
      ]
    if (
      !READS_ENVIRONMENT.includes(room) &&
      !SETS_ENVIRONMENT.includes(source.file) &&
      ENVIRONMENT.test(name)
    )
      return [
        `${source.file}:${line}: ${name} in ${room}. Only ${READS_ENVIRONMENT.slice(0, 3).join(', ')} ` +
          'read the environment, through contracts/settings.ts. Pass the value as an argument.',
      ]
    return []
  })
}
