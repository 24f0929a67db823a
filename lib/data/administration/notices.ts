/** Up to when each user has read the notices. What the notices are: lib/queries/notices.ts. */
import type { Store } from '../store.ts'

export type Notices = {
  readonly readAt: (personId: string) => Promise<Date | null>
  /** Never moves back. Resolves to the time that is stored then. */
  readonly markRead: (personId: string, at: Date) => Promise<Date>
}

export const noticesOf = ({ prisma }: Store): Notices => {
  const readAt: Notices['readAt'] = async (personId) =>
    (await prisma.noticeRead.findUnique({ where: { personId } }))?.readAt ?? null
  return {
    readAt,
    async markRead(personId, at) {
      const before = await readAt(personId)
      if (before !== null && before >= at) return before
      await prisma.noticeRead.upsert({
        where: { personId },
        create: { personId, readAt: at },
        update: { readAt: at },
      })
      return at
    },
  }
}
