/** Prisma over a pool of PostgreSQL connections: Prisma's own adapter, with errors in words, and transactions that are
 *  done again when another one changed what they read. */
import { PrismaPg } from '@prisma/adapter-pg'
import { DriverAdapterError } from '@prisma/driver-adapter-utils'
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQueryable,
  Transaction,
} from '@prisma/driver-adapter-utils'
import { clientOnFirstUse, POSTGRES_CLIENT, type LazyPrisma } from '../prisma.ts'
import { untilSerialized, type PostgresConnection } from './connection.ts'

/** Prisma's words for a server that does not answer, as Node's codes. */
const CODE_OF: Readonly<Record<string, string>> = {
  DatabaseNotReachable: 'ECONNREFUSED',
  ConnectionClosed: 'ECONNRESET',
  SocketTimeout: 'ETIMEDOUT',
}

export function postgresPrisma(connection: PostgresConnection): LazyPrisma {
  const { patienceMs, explain } = connection
  const { prisma, disconnect } = clientOnFirstUse(POSTGRES_CLIENT, adapterOver(connection), patienceMs)
  return {
    disconnect,
    prisma: new Proxy(prisma, {
      get(client, name) {
        const value: unknown = Reflect.get(client, name)
        if (name !== '$transaction' || typeof value !== 'function') return value
        return (...of: unknown[]) =>
          untilSerialized<unknown>(() => Reflect.apply(value, client, of), patienceMs).catch(
            (error: unknown) => {
              throw explain(error)
            },
          )
      },
    }),
  }
}

const READS = /^\s*SELECT\b/i

type Queries = Pick<SqlQueryable, 'queryRaw' | 'executeRaw'>

/** Prisma translates a `DriverAdapterError`, and passes every other error on. */
function adapterOver({ pool, explain, patienceMs, changed }: PostgresConnection): SqlDriverAdapterFactory {
  const factory = new PrismaPg(pool)
  const inWords = (error: unknown): never => {
    const plain = plainly(error)
    const explained = explain(plain)
    throw explained === plain ? error : explained
  }
  /** A conflict with another transaction stays as it is, for the repetition of the whole. */
  const asInTransaction = (error: unknown): never => {
    throw plainly(error)
  }
  const within = (over: SqlQueryable): Queries => ({
    queryRaw: (query) => over.queryRaw(query).catch(asInTransaction),
    executeRaw: (query) => over.executeRaw(query).catch(asInTransaction),
  })
  const alone = (over: SqlQueryable): Queries => {
    const { queryRaw, executeRaw } = within(over)
    return {
      async queryRaw(query) {
        const rows = await untilSerialized(() => queryRaw(query), patienceMs).catch(inWords)
        if (!READS.test(query.sql)) changed() // INSERT … RETURNING
        return rows
      },
      async executeRaw(query) {
        const count = await untilSerialized(() => executeRaw(query), patienceMs).catch(inWords)
        changed()
        return count
      },
    }
  }
  const names = { provider: 'postgres', adapterName: factory.adapterName } as const
  return {
    ...names,
    async connect(): Promise<SqlDriverAdapter> {
      const adapter = await factory.connect()
      return {
        ...names,
        ...alone(adapter),
        executeScript: (script) => adapter.executeScript(script),
        async startTransaction(level): Promise<Transaction> {
          const transaction = await adapter.startTransaction(level).catch(inWords)
          return {
            ...names,
            ...within(transaction),
            options: transaction.options,
            async commit() {
              await transaction.commit()
              changed()
            },
            rollback: () => transaction.rollback(),
            ...savepointsOf(transaction),
          }
        },
        getConnectionInfo: () => adapter.getConnectionInfo(),
        dispose: () => adapter.dispose(),
      }
    },
  }
}

function savepointsOf(transaction: Transaction): Partial<Transaction> {
  const { createSavepoint, rollbackToSavepoint, releaseSavepoint } = transaction
  return {
    ...(createSavepoint && { createSavepoint: createSavepoint.bind(transaction) }),
    ...(rollbackToSavepoint && { rollbackToSavepoint: rollbackToSavepoint.bind(transaction) }),
    ...(releaseSavepoint && { releaseSavepoint: releaseSavepoint.bind(transaction) }),
  }
}

/** The error that Prisma's adapter wrapped, where it is about the server or another transaction: with its code. Any
 *  other as it is, for Prisma to translate. */
function plainly(error: unknown): unknown {
  if (!(error instanceof DriverAdapterError)) return error
  const { cause } = error
  const code =
    CODE_OF[cause.kind] ?? (cause.kind === 'TransactionWriteConflict' ? '40001' : cause.originalCode)
  return code === undefined
    ? error
    : Object.assign(new Error(cause.originalMessage ?? error.message, { cause: error }), { code })
}
