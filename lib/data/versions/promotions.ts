/**
 * Which version is live, since when, by whom and why: the newest promotion names it. The gate decides
 * whether a version may be promoted.
 */
import { storedNames } from '#lib/contracts/stored-json.ts'
import { orderClasses } from '../classifiers/classifiers.ts'
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Promotions } from '../data.ts'
import { conflict, inTrash, notFound, parsed, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import {
  PROMOTION_KINDS,
  type Champion,
  type Promotion,
  type PromotionKind,
  type Version,
} from './version-values.ts'
import { VERSION_COLUMNS, classNamesOf, versionValue } from './version-rows.ts'
import type { VersionRow } from './version-rows.ts'

type Row = Omit<Promotion, 'at' | 'kind'> & { at: number; kind: string }

export function promotionsOf({ connection, now, settings }: Store): Promotions {
  const versionOf = (id: string): Version => {
    const row = connection.one<VersionRow>(`SELECT ${VERSION_COLUMNS} FROM "Version" WHERE "id" = ?`, id)
    if (!row) throw notFound('version', id)
    return versionValue({ connection, settings }, row)
  }
  const championOf = (promotion: Promotion): Champion => ({
    promotion,
    version: versionOf(promotion.versionId),
  })
  const champion = async (classifierId: string): Promise<Champion | null> => {
    const promotion = newestOf(connection, classifierId)
    return promotion ? championOf(promotion) : null
  }

  return {
    champion,
    async champions() {
      return connection
        .all<Row>(
          'SELECT * FROM "Promotion" WHERE "id" IN (SELECT MAX("id") FROM "Promotion" GROUP BY ' +
            '"classifierId") AND "classifierId" NOT IN (SELECT "id" FROM "Classifier" WHERE "trashedAt" ' +
            'IS NOT NULL) ORDER BY "classifierId"',
        )
        .map(valueOf)
        .map(championOf)
    },
    latest: () => connection.one<{ id: number | null }>('SELECT MAX("id") AS "id" FROM "Promotion"')?.id ?? 0,
    async promote({ versionId, by, reason, kind = 'promote' }) {
      return championOf(
        await connection.write((writing) =>
          insertPromotion(writing, { versionId, by, reason, kind, at: now() }),
        ),
      )
    },
    async rollbackTarget(classifierId) {
      const target = standingChampions(standingIn(connection, classifierId)).at(-2)
      return target === undefined ? null : versionOf(target)
    },
    async rollback(classifierId, by) {
      return championOf(
        await connection.write((writing) => {
          const target = standingChampions(standingIn(writing, classifierId)).at(-2)
          if (target === undefined)
            throw conflict(
              'Nothing was rolled back',
              'there is no earlier live version',
              'Promote the version that you want to be live.',
            )
          return insertPromotion(writing, {
            versionId: target,
            by,
            reason: null,
            kind: 'rollback',
            at: now(),
          })
        }),
      )
    },
    history: async (classifierId) => promotionsIn(connection, classifierId),
  }
}

/** The champions that lie under the present one, oldest first, the present one last: a promotion lays one on
 *  top, a rollback uncovers one. */
export function championsBefore(
  history: readonly { readonly versionId: string; readonly kind: string }[],
): readonly string[] {
  const stack: string[] = []
  for (const { versionId, kind } of history) {
    if (kind === 'rollback') while (stack.length > 0 && stack.at(-1) !== versionId) stack.pop()
    if (stack.at(-1) !== versionId) stack.push(versionId)
  }
  return stack
}

/** The same without those that lie in the trash: what may be rolled back to. */
export const standingChampions = (
  history: readonly (Parameters<typeof championsBefore>[0][number] & {
    readonly version: { readonly trashedAt: unknown }
  })[],
): readonly string[] => {
  const trashed = new Set(
    history.flatMap(({ versionId, version }) => (version.trashedAt === null ? [] : [versionId])),
  )
  return championsBefore(history).filter((id) => !trashed.has(id))
}

const standingIn = (
  connection: Pick<Connection, 'all'>,
  classifierId: string,
): Parameters<typeof standingChampions>[0] =>
  connection
    .all<{ versionId: string; kind: string; trashedAt: number | null }>(
      'SELECT p."versionId", p."kind", v."trashedAt" FROM "Promotion" p JOIN "Version" v ON v."id" = ' +
        'p."versionId" WHERE p."classifierId" = ? ORDER BY p."id"',
      classifierId,
    )
    .map(({ trashedAt, ...promotion }) => ({ ...promotion, version: { trashedAt } }))

/** All of a classifier, oldest first. */
export const promotionsIn = (
  connection: Pick<Connection, 'all'>,
  classifierId: string,
): readonly Promotion[] =>
  connection
    .all<Row>('SELECT * FROM "Promotion" WHERE "classifierId" = ? ORDER BY "id"', classifierId)
    .map(valueOf)

export function insertPromotion(
  writing: TransactionScope,
  draft: {
    readonly versionId: string
    readonly by: string
    readonly reason: string | null
    readonly kind: PromotionKind
    readonly at: Date
  },
): Promotion {
  const { versionId, by, reason, kind, at } = draft
  const version = writing.one<{
    classifierId: string
    number: number
    classesJson: string
    isShipped: number
    createdAt: number
    trashedAt: number | null
  }>(
    'SELECT "classifierId", "number", "classesJson", "isShipped", "createdAt", "trashedAt" FROM "Version" ' +
      'WHERE "id" = ?',
    versionId,
  )
  if (!version) throw notFound('version', versionId)
  if (version.trashedAt !== null) throw inTrash('version', `v${version.number}`, version.trashedAt)
  const previous = newestOf(writing, version.classifierId)
  if (previous?.versionId === versionId)
    throw conflict(
      `Version v${version.number} was not promoted`,
      'it is already live',
      'No action is needed.',
    )
  writing.insert('Promotion', {
    classifierId: version.classifierId,
    versionId,
    previousId: previous?.versionId ?? null,
    kind,
    by,
    reason,
    at,
  })
  writing.run('UPDATE "Version" SET "promotedAt" = ? WHERE "id" = ?', at, versionId)
  const names = parsed(storedNames, version.classesJson).map(classNamesOf(writing, version))
  orderClasses(writing, version.classifierId, names)
  const made = newestOf(writing, version.classifierId)
  if (!made) throw new Error('The new promotion cannot be read back.')
  return made
}

function newestOf(connection: Pick<Connection, 'one'>, classifierId: string): Promotion | null {
  const row = connection.one<Row>(
    'SELECT * FROM "Promotion" WHERE "classifierId" = ? ORDER BY "id" DESC LIMIT 1',
    classifierId,
  )
  return row ? valueOf(row) : null
}

const valueOf = (row: Row): Promotion => ({
  ...row,
  kind: wordOf(PROMOTION_KINDS, row.kind, 'Promotion.kind'),
  at: new Date(row.at),
})
