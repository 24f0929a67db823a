/** Permanent deletion with what each module derived from images. */
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'
import type { Backups } from '#lib/operations/backup/backups.ts'
import { createErase, type Erase } from '#lib/operations/permanent-deletion.ts'

export const composePermanentDeletion = (
  data: Data,
  dataDir: string,
  backupsContaining: Backups['backupsContaining'],
): Erase =>
  createErase({
    data,
    backupsContaining,
    async deleteDerived({ record, images }) {
      const { forgetImages } = await import('#lib/training/features/forget-images.ts')
      await forgetImages(dataDir, images)
      if (record.kind === 'version') return
      const { forgetFeatures } = await import('#lib/ingest/image-statistics.ts')
      await forgetFeatures(path.join(dataDir, 'cache', 'features'), record.classifierId)
    },
  })
