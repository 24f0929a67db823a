/** API keys, stored only as sha256. lib/auth decides what a key may do. What each request with a key needs is read
 *  and written without Prisma (lib/data/database/prisma.ts). */
import { storedScopes } from '#lib/contracts/stored-json.ts'
import type { Keys } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { Key } from '../values.ts'

const WITH_MAKER = { createdBy: { select: { name: true } } } as const
type Row = Prisma.ApiKeyGetPayload<{ include: typeof WITH_MAKER }>
/** Times in milliseconds since 1970. */
type StoredRow = Omit<Row, 'createdBy' | 'createdAt' | 'lastUsedAt' | 'expiresAt'> & {
  readonly createdBy: string | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly expiresAt: number | null
}

export const keysOf = ({ connection, prisma, id, now }: Store): Keys => ({
  list: async () =>
    (await prisma.apiKey.findMany({ include: WITH_MAKER, orderBy: { id: 'desc' } })).map(valueOf),
  async findByHash(sha256) {
    const row = connection.one<StoredRow>(
      'SELECT k.*, p."name" AS "createdBy" FROM "ApiKey" k LEFT JOIN "Person" p ON p."id" = k."createdById" ' +
        'WHERE k."hash" = ?',
      sha256,
    )
    return row === undefined ? null : valueOf(rowOf(row))
  },
  async create({ name, sha256, beginsWith, scopes, createdById, expiresAt, classifierId }) {
    const row = {
      id: id(),
      name,
      hash: sha256,
      beginsWith,
      scopesJson: JSON.stringify(scopes),
      createdById,
      createdAt: now(),
      lastUsedAt: null,
      expiresAt,
      classifierId,
    }
    return valueOf(await prisma.apiKey.create({ data: row, include: WITH_MAKER }))
  },
  async used(keyId) {
    await connection.write((writing) => {
      writing.run('UPDATE "ApiKey" SET "lastUsedAt" = ? WHERE "id" = ?', now(), keyId)
    })
  },
  async revoke(keyId) {
    const { count } = await prisma.apiKey.deleteMany({ where: { id: keyId } })
    if (count === 0) throw notFound('key', keyId)
  },
})

const timeOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
const rowOf = ({ createdBy, createdAt, lastUsedAt, expiresAt, ...row }: StoredRow): Row => ({
  ...row,
  createdBy: createdBy === null ? null : { name: createdBy },
  createdAt: new Date(createdAt),
  lastUsedAt: timeOf(lastUsedAt),
  expiresAt: timeOf(expiresAt),
})

const valueOf = ({
  id,
  name,
  beginsWith,
  scopesJson,
  createdBy,
  createdAt,
  lastUsedAt,
  expiresAt,
  classifierId,
}: Row): Key => ({
  id,
  name,
  beginsWith,
  scopes: parsed(storedScopes, scopesJson),
  createdBy: createdBy?.name ?? null,
  createdAt,
  lastUsedAt,
  expiresAt,
  classifierId,
})
