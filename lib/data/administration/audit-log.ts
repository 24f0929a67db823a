/**
 * The audit log: who changed what, and who logged in. It stores the names that objects had at the time,
 * because the objects may be deleted. lib/contracts/audit-labels.ts defines what counts as a change.
 */
import type { Changes, ChangeFilter } from '../data.ts'
import { pageOf } from '#lib/domain/page.ts'
import type { Prisma } from '../generated/client.ts'
import type { Store } from '../store.ts'

/**
 * Most entries stored of changes, and separately of logins, because anonymous clients can create the latter:
 * wrong passwords push no change out. About a year of heavy use.
 */
const MOST_CHANGES = 100_000
const SWEEP_EVERY = 1_000
const ROWS_AT_ONCE = 500
/** Recorded by the login itself, which is not an API route. */
const LOGINS = ['logged in', 'login refused']

export function changesOf({ prisma, statements, id, now }: Store): Changes {
  let added = 0
  return {
    async add({ by, action, subject, byId = null, subjectId = null, classifier = null, detail = null }) {
      await statements.access.addChange({
        id: id(),
        at: now(),
        by,
        byId,
        action,
        subject,
        subjectId,
        classifierId: classifier,
        detail,
      })
      if ((added += 1) % SWEEP_EVERY !== 0) return
      for (const kind of ['logins', 'changes'] as const) {
        const oldest = await prisma.change.findFirst({
          where: whereOf({ kind }),
          orderBy: { id: 'desc' },
          skip: MOST_CHANGES - 1,
          select: { id: true },
        })
        if (oldest)
          await prisma.change.deleteMany({ where: { AND: [whereOf({ kind }), { id: { lt: oldest.id } }] } })
      }
    },
    async list({ cursor, limit, ...filter }) {
      const found = await prisma.change.findMany({
        where: { AND: [whereOf(filter), cursor === undefined ? {} : { id: { lt: cursor } }] },
        orderBy: { id: 'desc' },
        take: limit + 1,
      })
      const { rows, next } = pageOf(found, limit, (row) => row.id)
      return { changes: rows.map(valueOf), next }
    },
    async *pages(filter) {
      let before: string | undefined
      for (;;) {
        const rows = await prisma.change.findMany({
          where: { AND: [whereOf(filter), before === undefined ? {} : { id: { lt: before } }] },
          orderBy: { id: 'desc' },
          take: ROWS_AT_ONCE,
        })
        if (rows.length > 0) yield rows.map(valueOf)
        if (rows.length < ROWS_AT_ONCE) return
        before = rows.at(-1)?.id
      }
    },
    async names() {
      const [people, actions] = await Promise.all([
        prisma.change.findMany({ distinct: ['by'], select: { by: true }, orderBy: { by: 'asc' } }),
        prisma.change.findMany({
          distinct: ['action'],
          select: { action: true },
          orderBy: { action: 'asc' },
        }),
      ])
      return { by: people.map((row) => row.by), actions: actions.map((row) => row.action) }
    },
  }
}

function whereOf({ kind, by, action, classifier, since, until }: ChangeFilter): Prisma.ChangeWhereInput {
  return {
    AND: [
      kind === 'logins' ? { action: { in: LOGINS } } : {},
      kind === 'changes' ? { action: { notIn: LOGINS } } : {},
      by === undefined ? {} : { OR: [{ byId: by }, { by }] },
      action === undefined ? {} : { action },
      classifier === undefined ? {} : { classifierId: classifier },
      { at: { ...(since && { gte: since }), ...(until && { lt: until }) } },
    ],
  }
}

const valueOf = ({ classifierId, ...row }: Prisma.ChangeGetPayload<object>) => ({
  ...row,
  classifier: classifierId,
})
