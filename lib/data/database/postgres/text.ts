/**
 * Texts that PostgreSQL can store. It has no character U+0000, and no half of a surrogate pair: both become U+FFFD, the
 * replacement character. So such a text, which users may send anywhere, is stored readable, and equals no other one.
 */
import pg from 'pg'

const REPLACEMENT = '\ufffd'

export const storable = (text: string): string =>
  text.includes('\0') || !text.isWellFormed() ? text.toWellFormed().replaceAll('\0', REPLACEMENT) : text

/** A connection on which every parameter is storable, those of Prisma's statements and of this module's. */
export class StorableClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config)
    this.query = new Proxy(this.query, {
      apply: (query, self, sent: unknown[]) => Reflect.apply(query, self, sent.map(withStorableValues)),
    })
  }
}

/** A statement may be a text with a list of values, or an object that holds both. */
function withStorableValues(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(storableValue)
  if (typeof part !== 'object' || part === null || !('values' in part) || !Array.isArray(part.values))
    return part
  return Object.assign(part, { values: part.values.map(storableValue) })
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  return Array.isArray(value) ? value.map(storableValue) : value
}
