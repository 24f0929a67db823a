/** Keys for scripts, known by their sha256 alone. What a key may, lib/auth says. */
import type { Keys } from './data.ts'
import { notFound, parsed } from './store.ts'
import type { Store } from './store.ts'
import type { Key } from './values.ts'

type Row = { id: string; name: string; beginsWith: string; scopesJson: string; createdBy: string | null; createdAt: number; lastUsedAt: number | null }

const COLUMNS = 'k."id", k."name", k."beginsWith", k."scopesJson", p."name" AS "createdBy", k."createdAt", k."lastUsedAt" FROM "ApiKey" k LEFT JOIN "Person" p ON p."id" = k."createdById"'

export const keysOf = ({ connection, id, now }: Store): Keys => ({
  list: async () => connection.all<Row>(`SELECT ${COLUMNS} ORDER BY k."id" DESC`).map(valueOf),
  findByHash: async (sha256) => {
    const row = connection.one<Row>(`SELECT ${COLUMNS} WHERE k."hash" = ?`, sha256)
    return row ? valueOf(row) : null
  },
  create: ({ name, sha256, beginsWith, scopes, createdById }) => connection.write((writing) => {
    const keyId = id()
    writing.insert('ApiKey', { id: keyId, name, hash: sha256, beginsWith, scopesJson: JSON.stringify(scopes), createdById, createdAt: now(), lastUsedAt: null })
    return valueOf(writing.one<Row>(`SELECT ${COLUMNS} WHERE k."id" = ?`, keyId)!)
  }),
  used: (keyId) => connection.write((writing) => { writing.run('UPDATE "ApiKey" SET "lastUsedAt" = ? WHERE "id" = ?', now(), keyId) }),
  revoke: (keyId) => connection.write((writing) => {
    if (writing.run('DELETE FROM "ApiKey" WHERE "id" = ?', keyId) === 0) throw notFound('key', keyId)
  }),
})

const valueOf = ({ scopesJson, createdAt, lastUsedAt, ...row }: Row): Key => ({
  ...row,
  scopes: parsed<Key['scopes']>(scopesJson),
  createdAt: new Date(createdAt),
  lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
})
