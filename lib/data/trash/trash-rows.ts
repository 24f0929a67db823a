/**
 * Rows of the trash and their changes when samples are restored. The trash as a user sees it is in
 * trash.ts.
 */
import type { Prisma, PrismaClient } from '../generated/client.ts'
import { wordOf } from '../store.ts'
import { TRASH_KINDS, type TrashRecord } from '../samples/undo-types.ts'

/** Prisma inside an interactive transaction. */
export type Transaction = Omit<PrismaClient, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

export const WITH_COUNT = { _count: { select: { samples: true } } } as const
export type TrashRow = Prisma.TrashEntryGetPayload<{ include: typeof WITH_COUNT }>

export const recordOfTrash = ({ _count, ...row }: TrashRow): TrashRecord => ({
  ...row,
  kind: wordOf(TRASH_KINDS, row.kind, 'TrashEntry.kind'),
  samples: _count.samples,
})

/**
 * Removes entries whose samples have all been restored; an upload whose samples were restored is an upload
 * again.
 */
export async function settleTrash(tx: Transaction, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const entry = await tx.trashEntry.findUnique({ where: { id }, include: WITH_COUNT })
    if (!entry || entry._count.samples > 0) continue
    if (entry.kind === 'upload' && entry.uploadId !== null)
      await tx.upload.update({ where: { id: entry.uploadId }, data: { state: 'done', trashedAt: null } })
    if (entry.kind === 'upload' || entry.kind === 'samples') await tx.trashEntry.delete({ where: { id } })
  }
}
