/**
 * Whether there is anything to do, for work that is looked for every few seconds or at every start: each a prepared
 * statement that stops at the first row. The work itself goes through Prisma, which a process with nothing to do
 * therefore never loads (docs/decisions/0037-prisma-on-first-use.md).
 */
import type { Connection } from '../database/connection.ts'
import type { PendingWork } from '../statements.ts'

export const pendingWorkOf = ({ one }: Pick<Connection, 'one'>): PendingWork => {
  const isThere = async (rows: string, ...values: (Date | string)[]): Promise<boolean> =>
    one(`SELECT 1 FROM ${rows} LIMIT 1`, ...values) !== undefined
  return {
    hasRunningUploads: () => isThere(`"Upload" WHERE "state" = 'running'`),
    hasFileFaults: () => isThere('"FileFault"'),
    hasImageRemovals: () => isThere('"ImageRemoval"'),
    hasUngroupedSamples: () =>
      isThere(
        `"Classifier" "c" WHERE "fit" <> 'digit' AND "trashedAt" IS NULL AND EXISTS
          (SELECT 1 FROM "Sample" WHERE "classifierId" = "c"."id" AND "groupId" IS NULL)`,
      ),
    hasExpiredTrash: (now) => isThere('"TrashEntry" WHERE "until" <= ?', now),
    hasAnonymousImagesBefore: (time) => isThere('"Picture" WHERE "isAnonymous" AND "usedAt" < ?', time),
    hasPredictionJobs: () => isThere('"PredictionJob"'),
    hasUploads: (classifierId) =>
      isThere(`"Upload" WHERE "classifierId" = ? AND "state" <> 'failed'`, classifierId),
    hasClassifiers: () => isThere('"Classifier"'),
  }
}
