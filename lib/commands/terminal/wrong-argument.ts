/** Refusals of arguments on the command line. It parses none. */
import { DarkroomError } from '#lib/domain/errors.ts'

export const wrong = (what: string, why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', { what, why, remedy })

export function oneOf<T extends string>(
  option: string,
  value: string | undefined,
  all: readonly T[],
): T | null {
  if (value === undefined) return null
  const match = all.find((one) => one === value)
  if (!match)
    throw wrong(`${option} ${value} is not valid`, `the values are ${all.join(', ')}`, 'Choose one of them.')
  return match
}
