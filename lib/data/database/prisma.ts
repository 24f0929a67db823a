/**
 * Prisma's client, loaded when it is first used: with its compiled queries it takes 25 MB (2026-11-30), and a process
 * that predicts reads and writes with prepared statements. Only what runs in every process needs to avoid it.
 */
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Prisma, PrismaClient } from '../generated/client.ts'
import { prismaAdapter } from './adapter.ts'
import type { Connection } from './connection.ts'
import { LONGEST_TRANSACTION_MS } from './longest-transaction.ts'

type PrismaModule = { readonly PrismaClient: typeof PrismaClient; readonly Prisma: typeof Prisma }

/** Prisma's own deadlines begin before ours: they must not end first. */
const MARGIN_MS = 1_000

const SQLITE_CLIENT = '../generated/client.ts'
export const POSTGRES_CLIENT = '../generated/postgres/client.ts'

const require = createRequire(import.meta.url)

/**
 * V8 compiles WebAssembly a second time, with optimisations, once it has run often enough. For Prisma's query compiler
 * that left 35 MB in each process, for queries that Prisma remembers anyway (2026-11-30).
 */
const NEVER_TWICE = '--wasm-tiering-budget=2000000000'

/** Node keeps what it has loaded. */
function generated(file = SQLITE_CLIENT): PrismaModule {
  setFlagsFromString(NEVER_TWICE)
  return require(file)
}

/** Fragments of SQL for `$queryRaw`. */
export const prismaSql = (): typeof Prisma => generated().Prisma

export type LazyPrisma = {
  readonly prisma: PrismaClient
  /** Does nothing where the client was never used. */
  readonly disconnect: () => Promise<void>
}

export const lazyPrisma = (connection: Connection): LazyPrisma =>
  clientOnFirstUse(SQLITE_CLIENT, prismaAdapter(connection), connection.patienceMs)

/** `file`: the generated client, from this folder. The client for PostgreSQL can do more than that for SQLite, whose
 *  type it has here: what both can. */
export function clientOnFirstUse(
  file: typeof SQLITE_CLIENT | typeof POSTGRES_CLIENT,
  adapter: SqlDriverAdapterFactory,
  patienceMs: number,
): LazyPrisma {
  let client: PrismaClient | null = null
  const opened = (): PrismaClient =>
    (client ??= new (generated(file).PrismaClient)({
      adapter,
      transactionOptions: {
        maxWait: patienceMs + MARGIN_MS,
        timeout: LONGEST_TRANSACTION_MS,
        isolationLevel: 'Serializable', // SQLite knows no other
      },
    }))
  return {
    prisma: new Proxy<PrismaClient>(Object.create(null), {
      get(_, name) {
        const value: unknown = Reflect.get(opened(), name)
        return typeof value === 'function' ? value.bind(client) : value
      },
    }),
    disconnect: async () => client?.$disconnect(),
  }
}
