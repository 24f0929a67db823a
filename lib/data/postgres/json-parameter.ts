/** Rows as one parameter of a statement: `json_to_recordset($1)`. PostgreSQL stores neither the character 0 nor half a
 *  surrogate pair, which file names may contain: they become U+FFFD. */

const MAY_NEED_REPAIR = /\\u(0000|d[89a-f])/

export function asJson(value: unknown): string {
  const json = JSON.stringify(value)
  return MAY_NEED_REPAIR.test(json)
    ? JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? storable(part) : part))
    : json
}

export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
