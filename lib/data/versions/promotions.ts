/**
 * Which version is live, since when, by whom and why: the newest promotion names it. The gate decides
 * whether a version may be promoted.
 */
import { storedNames } from '#lib/contracts/stored-json.ts'
import { orderClasses } from '../classifiers/classifiers.ts'
import type { Promotions } from '../data.ts'
import type { Promotion as Row } from '../generated/client.ts'
import { conflict, inTrash, notFound, parsed, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import {
  PROMOTION_KINDS,
  type Champion,
  type Promotion,
  type PromotionKind,
  type Version,
} from './version-values.ts'
import { classNamesOf, versionValue } from './version-rows.ts'

export function promotionsOf({ prisma, statements, now, settings }: Store): Promotions {
  const versionOf = async (id: string): Promise<Version> => {
    const row = await statements.versions.row(id)
    if (!row) throw notFound('version', id)
    return versionValue(settings, row, await statements.classifiers.renames(row.classifierId))
  }
  const championOf = async (row: Row): Promise<Champion> => ({
    promotion: valueOf(row),
    version: await versionOf(row.versionId),
  })

  return {
    async champion(classifierId) {
      const row = await statements.versions.promotion(classifierId)
      return row && championOf(row)
    },
    champions: async () => Promise.all((await statements.versions.promotions()).map(championOf)),
    latest: statements.versions.latestPromotion,
    async promote({ versionId, by, reason, kind = 'promote' }) {
      return championOf(
        await prisma.$transaction((tx) => createPromotion(tx, { versionId, by, reason, kind, at: now() })),
      )
    },
    async rollbackTarget(classifierId) {
      const target = standingChampions(await promotionsWith(prisma, classifierId)).at(-2)
      return target === undefined ? null : versionOf(target)
    },
    async rollback(classifierId, by) {
      return championOf(
        await prisma.$transaction(async (tx) => {
          const versionId = standingChampions(await promotionsWith(tx, classifierId)).at(-2)
          if (versionId === undefined)
            throw conflict(
              'Nothing was rolled back',
              'there is no earlier live version',
              'Promote the version that you want to be live.',
            )
          return createPromotion(tx, { versionId, by, reason: null, kind: 'rollback', at: now() })
        }),
      )
    },
    history: async (classifierId) => (await statements.versions.history(classifierId)).map(valueOf),
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

/** All of a classifier, oldest first, with what `standingChampions` needs of their versions. */
export const promotionsWith = (rows: Pick<Transaction, 'promotion'>, classifierId: string) =>
  rows.promotion.findMany({
    where: { classifierId },
    orderBy: { id: 'asc' },
    include: { version: { select: { trashedAt: true } } },
  })

export async function createPromotion(
  tx: Transaction,
  draft: {
    readonly versionId: string
    readonly by: string
    readonly reason: string | null
    readonly kind: PromotionKind
    readonly at: Date
  },
): Promise<Row> {
  const { versionId, at } = draft
  const version = await tx.version.findUnique({ where: { id: versionId } })
  if (!version) throw notFound('version', versionId)
  if (version.trashedAt !== null) throw inTrash('version', `v${version.number}`, version.trashedAt)
  const { classifierId } = version
  const previous = await tx.promotion.findFirst({ where: { classifierId }, orderBy: { id: 'desc' } })
  if (previous?.versionId === versionId)
    throw conflict(
      `Version v${version.number} was not promoted`,
      'it is already live',
      'No action is needed.',
    )
  const promotion = await tx.promotion.create({
    data: { ...draft, classifierId, previousId: previous?.versionId ?? null },
  })
  await tx.version.update({ where: { id: versionId }, data: { promotedAt: at } })
  const renames = await tx.classRename.findMany({ where: { classifierId }, orderBy: { id: 'asc' } })
  const names = parsed(storedNames, version.classesJson).map(classNamesOf(version, renames))
  await orderClasses(tx, classifierId, names)
  return promotion
}

const valueOf = (row: Row): Promotion => ({
  ...row,
  kind: wordOf(PROMOTION_KINDS, row.kind, 'Promotion.kind'),
})
