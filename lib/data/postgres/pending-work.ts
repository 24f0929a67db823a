/** Whether there is anything to do; like ../sqlite/pending-work.ts. */
import type { PostgresConnection } from '../database/postgres/connection.ts'
import type { PendingWork } from '../statements.ts'

export const pendingWorkOf = ({ one }: Pick<PostgresConnection, 'one'>): PendingWork => {
  const isThere = async (rows: string, ...values: (Date | string)[]): Promise<boolean> =>
    (await one(`SELECT 1 FROM ${rows} LIMIT 1`, ...values)) !== undefined
  return {
    hasRunningUploads: () => isThere(`"Upload" WHERE "state" = 'running'`),
    hasFileFaults: () => isThere('"FileFault"'),
    hasImageRemovals: () => isThere('"ImageRemoval"'),
    hasUngroupedSamples: () =>
      isThere(
        `"Classifier" c WHERE "fit" <> 'digit' AND "trashedAt" IS NULL AND EXISTS
          (SELECT 1 FROM "Sample" WHERE "classifierId" = c."id" AND "groupId" IS NULL)`,
      ),
    hasExpiredTrash: (now) => isThere('"TrashEntry" WHERE "until" <= $1', now),
    hasAnonymousImagesBefore: (time) => isThere('"Picture" WHERE "isAnonymous" AND "usedAt" < $1', time),
    hasPredictionJobs: () => isThere('"PredictionJob"'),
    hasUploads: (classifierId) =>
      isThere(`"Upload" WHERE "classifierId" = $1 AND "state" <> 'failed'`, classifierId),
    hasClassifiers: () => isThere('"Classifier"'),
  }
}
