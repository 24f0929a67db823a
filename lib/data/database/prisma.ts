/**
 * Prisma's client, loaded when it is first used: with its compiled queries it takes 25 MB (2026-11-30), and a process
 * that predicts reads and writes with prepared statements. Only what runs in every process needs to avoid it.
 */
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import type { Prisma, PrismaClient } from '../generated/client.ts'
import { prismaAdapter } from './adapter.ts'
import type { Connection } from './connection.ts'

type PrismaModule = { readonly PrismaClient: typeof PrismaClient; readonly Prisma: typeof Prisma }

/** Prisma's own deadlines begin before ours: they must not end first. */
const MARGIN_MS = 1_000
/** Prisma would end a transaction after 5 s. A change of 60,000 images takes about 2 s, the rows of an archive of
 *  100,000 a few, and a busy machine several times that. */
const LONGEST_TRANSACTION_MS = 120_000

const require = createRequire(import.meta.url)

/**
 * V8 compiles WebAssembly a second time, with optimisations, once it has run often enough. For Prisma's query compiler
 * that left 35 MB in each process, for queries that Prisma remembers anyway (2026-11-30).
 */
const NEVER_TWICE = '--wasm-tiering-budget=2000000000'

/** Node keeps what it has loaded. */
function generated(): PrismaModule {
  setFlagsFromString(NEVER_TWICE)
  return require('../generated/client.ts')
}

/** Fragments of SQL for `$queryRaw`. */
export const prismaSql = (): typeof Prisma => generated().Prisma

export type LazyPrisma = {
  readonly prisma: PrismaClient
  /** Does nothing where the client was never used. */
  readonly disconnect: () => Promise<void>
}

export function lazyPrisma(connection: Connection): LazyPrisma {
  let client: PrismaClient | null = null
  const opened = (): PrismaClient =>
    (client ??= new (generated().PrismaClient)({
      adapter: prismaAdapter(connection),
      transactionOptions: { maxWait: connection.patienceMs + MARGIN_MS, timeout: LONGEST_TRANSACTION_MS },
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
