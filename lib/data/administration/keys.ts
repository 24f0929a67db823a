/** API keys, stored only as sha256. lib/auth decides what a key may do. */
import { storedScopes } from '#lib/contracts/stored-json.ts'
import type { Keys } from '../data.ts'
import type { Prisma } from '../generated/client.ts'
import { notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { Key } from '../values.ts'

const WITH_MAKER = { createdBy: { select: { name: true } } } as const
type Row = Prisma.ApiKeyGetPayload<{ include: typeof WITH_MAKER }>

export const keysOf = ({ prisma, id, now }: Store): Keys => ({
  list: async () =>
    (await prisma.apiKey.findMany({ include: WITH_MAKER, orderBy: { id: 'desc' } })).map(valueOf),
  async findByHash(sha256) {
    const row = await prisma.apiKey.findUnique({ where: { hash: sha256 }, include: WITH_MAKER })
    return row && valueOf(row)
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
    await prisma.apiKey.updateMany({ where: { id: keyId }, data: { lastUsedAt: now() } })
  },
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
