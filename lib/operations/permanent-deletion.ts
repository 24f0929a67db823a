/**
 * Permanent deletion across modules: first the caches of every module, then rows and files, then what still
 * contains them. Each step can be repeated, so that a process that dies in between leaves an entry in the
 * trash, not an unknown copy.
 */
import type { Input, Output } from '#lib/contracts/contract.ts'
import type { deleteTrash } from '#lib/contracts/sample-changes.ts'
import type { Data } from '#lib/data/data.ts'
import type { ErasePlan } from '#lib/data/trash/permanent-deletion.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Backups } from './backup/backups.ts'

const PURGE_EVERY_MS = 10_000
const PURGE_TRIES = 60

type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  about?: Readonly<Record<string, unknown>>,
) => void

export type Erase = (input: Input<typeof deleteTrash>) => Promise<Output<typeof deleteTrash>>

type EraseParts = {
  readonly data: Data
  /** Deletes what other modules derived from these images: packs, features. May be repeated. */
  readonly deleteDerived: (plan: Pick<ErasePlan, 'record' | 'images'>) => Promise<void>
  readonly backupsContaining: Backups['backupsContaining']
}

export const createErase =
  ({ data, deleteDerived, backupsContaining }: EraseParts): Erase =>
  async ({ id }) => {
    const plan = await data.erasing.plan(id)
    const { record, images, shared, versions } = plan
    // while a run is active, `erase` refuses, and the derived files stay
    if (!(await data.runs.active(record.classifierId))) await deleteDerived(plan)
    const isPurged = await data.erasing.erase(plan)
    if (!isPurged) purgeLater(data)
    const backups = await backupsContaining({
      images,
      versions: record.kind === 'version' ? [`${record.classifierId}/${record.title}`] : [],
    })
    return {
      id,
      deleted_for_good: true,
      kind: record.kind,
      title: record.title,
      images: images.length,
      still_in_classifiers: [...new Set(shared.map(({ classifierId }) => classifierId))],
      trained_versions: versions.map(({ classifierId, name, until }) => ({
        classifier: classifierId,
        version: name,
        until: until?.toISOString() ?? null,
      })),
      backups: backups.map(({ name, expiresAt, expiresAfterBackups }) => ({
        name,
        until: expiresAt?.toISOString() ?? null,
        until_backups: expiresAfterBackups,
      })),
      database_purged: isPurged,
    }
  }

/** Shortens the database log once the reader that prevents it now has finished. */
function purgeLater(data: Data, tries = PURGE_TRIES): void {
  setTimeout(
    () =>
      void data.erasing.purge().then(
        (isPurged) => {
          if (!isPurged && tries > 1) purgeLater(data, tries - 1)
        },
        () => {},
      ),
    PURGE_EVERY_MS,
  ).unref()
}

/**
 * Deletes what has been in the trash for the full retention time. Refused deletions are tried again next
 * time.
 */
export async function emptyTrash(data: Data, erase: Erase, log: Log): Promise<void> {
  for (const { id, title, kind } of await data.trash.due()) {
    try {
      const { images, database_purged: isPurged } = await erase({ id })
      log(
        'info',
        `"${title}" (${kind}) was permanently deleted when its time in the trash ended, with ` +
          `${counted(images, 'image')}`,
      )
      if (!isPurged)
        log(
          'warn',
          'The write-ahead log could not be truncated while another process was reading; this is retried',
        )
    } catch (error) {
      if (!isDarkroomError(error)) throw error
      log('info', `"${title}" stays in the trash for now: ${error.message}`)
    }
  }
}
