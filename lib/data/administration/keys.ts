/** API keys, stored only as sha256. lib/auth decides what a key may do. What each request with a key needs is read
 *  and written without Prisma (lib/data/sqlite). */
import { storedScopes } from '#lib/contracts/stored-json.ts'
import type { Keys } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { Key } from '../values.ts'

const WITH_MAKER = { createdBy: { select: { name: true } } } as const
type Row = Prisma.ApiKeyGetPayload<{ include: typeof WITH_MAKER }>

export const keysOf = ({ prisma, statements, id, now }: Store): Keys => ({
  list: async () =>
    (await prisma.apiKey.findMany({ include: WITH_MAKER, orderBy: { id: 'desc' } })).map(valueOf),
  async findByHash(sha256) {
    const row = await statements.access.keyByHash(sha256)
    if (row === null) return null
    const { creatorName: name, ...key } = row
    return valueOf({ ...key, createdBy: name === null ? null : { name } })
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
  used: (keyId) => statements.access.keyUsed(keyId, now()),
  async revoke(keyId) {
    const { count } = await prisma.apiKey.deleteMany({ where: { id: keyId } })
    if (count === 0) throw notFound('key', keyId)
  },
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
