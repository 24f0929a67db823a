/**
 * Deletes images, and then their files: a row that is written together with the deletion names each file until it is
 * removed, so that neither a failed transaction nor a process that ends loses one or leaves one. A file is removed only
 * while no image is being stored, and only if no row names it: the same image may have been stored again meanwhile.
 */
import type { Prisma } from '../generated/client.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'

/** Of one statement that deletes. */
const HASHES_AT_ONCE = 1_000
/** Files that are removed while others who store such files wait: in an object store, that is one request each, all at
 *  the same time. */
const FILES_AT_ONCE = 50

/** A transaction that may delete images; their files are removed after its commit. Where that fails, the worker tries
 *  again (`removePendingFiles`). */
export async function deletingImages<T>(
  store: Store,
  work: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  const answer = await store.prisma.$transaction(work)
  await removePendingFiles(store).catch(() => {})
  return answer
}

/** Deletes those of the images that neither a sample nor a prediction needs. */
export async function deleteUnusedImages(
  tx: Transaction,
  hashes: readonly string[],
  at: Date,
): Promise<void> {
  for (let from = 0; from < hashes.length; from += HASHES_AT_ONCE) {
    const unused = await tx.image.findMany({
      where: {
        hash: { in: hashes.slice(from, from + HASHES_AT_ONCE) },
        samples: { none: {} },
        predictions: { none: {} },
      },
      select: { hash: true },
    })
    await deleteImages(
      tx,
      unused.map(({ hash }) => hash),
      at,
    )
  }
}

export async function deleteImages(tx: Transaction, hashes: readonly string[], at: Date): Promise<void> {
  await tx.image.deleteMany({ where: { hash: { in: [...hashes] } } })
  await noteRemovals(tx, hashes, at)
}

/** For images whose rows this transaction deleted. */
export async function noteRemovals(tx: Transaction, hashes: readonly string[], at: Date): Promise<void> {
  for (let from = 0; from < hashes.length; from += HASHES_AT_ONCE) {
    const some = hashes.slice(from, from + HASHES_AT_ONCE)
    await tx.imageRemoval.deleteMany({ where: { hash: { in: some } } }) // of an earlier deletion
    await tx.imageRemoval.createMany({ data: some.map((hash) => ({ hash, at })) })
  }
}

/** Throws where a file cannot be removed; its row stays. */
export async function removePendingFiles({
  prisma,
  statements,
  settings,
  blobs,
}: Pick<Store, 'prisma' | 'statements' | 'settings' | 'blobs'>): Promise<void> {
  while (await statements.pending.hasImageRemovals()) {
    await blobs.requireReachable() // before others would have to wait for it
    const rows = await prisma.imageRemoval.findMany({ orderBy: { at: 'asc' }, take: FILES_AT_ONCE })
    await statements.images.removeFiles(
      rows.map(({ hash }) => hash),
      { dataDir: settings.dataDir, blobs },
    )
  }
}
