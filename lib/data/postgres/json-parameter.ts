/** Rows as one parameter of a statement: `json_to_recordset($1)`, with texts that PostgreSQL can store. */
import { storable } from '../database/postgres/text.ts'

const MAY_NEED_REPAIR = /\\u(0000|d[89a-f])/

export function asJson(value: unknown): string {
  const json = JSON.stringify(value)
  return MAY_NEED_REPAIR.test(json)
    ? JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? storable(part) : part))
    : json
}
