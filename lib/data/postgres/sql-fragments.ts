/** Fragments of SQL for `$queryRaw`, from Prisma's runtime, which the client for PostgreSQL loads anyway: it is loaded
 *  with the first of them. */
import { createRequire } from 'node:module'
import type { Prisma } from '../generated/client.ts'

type Fragments = Pick<typeof Prisma, 'join' | 'raw' | 'empty'> & { readonly sql: typeof Prisma.sql }

const require = createRequire(import.meta.url)

export function fragments(): Fragments {
  const { sqltag, join, raw, empty } = require('@prisma/client/runtime/client')
  return { sql: sqltag, join, raw, empty }
}
