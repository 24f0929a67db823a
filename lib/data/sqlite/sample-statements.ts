/**
 * New samples with their images, inserted by the thousand: Prisma creates about 4,000 rows per second, node:sqlite
 * about 100,000 in transactions of a hundred (docs/performance.md, "Queries"). Everything else about samples goes
 * through Prisma (../samples).
 */
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { StagedImages } from '../images/staged-images.ts'
import type { ExistingSample, SampleDraft, SampleStatements } from '../statements.ts'
import { insertImage } from './image-statements.ts'

const INSERT = `INSERT INTO "Sample" ("id", "classifierId", "hash", "label", "split", "isSplitGiven", "source",
    "uploadId", "filename", "createdAt", "labelledAt")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

export const sampleStatements = ({ write }: Pick<Connection, 'write'>): SampleStatements => ({
  /**
   * All of them in one transaction, which ends without effect if `check` refuses the classes that the classifier has.
   * Returns for each the sample that already has its image, which is not changed, or null.
   */
  insert: (
    drafts: readonly SampleDraft[],
    how: {
      readonly files: StagedImages
      readonly check: (classes: readonly string[]) => void
      /** Called in the transaction, which may have waited for a lock: a snapshot that was frozen meanwhile lacks them,
       *  and only what was labelled after it counts as new. */
      readonly now: () => Date
    },
  ): Promise<readonly (ExistingSample | null)[]> =>
    write((writing) => {
      const classifierId = drafts[0]?.classifierId
      if (classifierId === undefined) return []
      const classes = writing.all<{ name: string }>(
        'SELECT "name" FROM "Class" WHERE "classifierId" = ?',
        classifierId,
      )
      how.check(classes.map(({ name }) => name))
      const insertion = { files: how.files, at: how.now() }
      return drafts.map((draft) => insertSample(writing, draft, insertion))
    }),
})

function insertSample(
  writing: TransactionScope,
  { id, classifierId, sample }: SampleDraft,
  { files, at }: { readonly files: StagedImages; readonly at: Date },
): ExistingSample | null {
  const { image, label, split, isSplitGiven = false, source, uploadId, filename } = sample
  const known = writing.one<ExistingSample>(
    'SELECT "id", "label", "uploadId", "trashedAt" FROM "Sample" WHERE "classifierId" = ? AND "hash" = ?',
    classifierId,
    image.hash,
  )
  if (known) return known
  insertImage(writing, image, { files })
  writing.run(
    INSERT,
    id,
    classifierId,
    image.hash,
    label,
    split,
    isSplitGiven,
    source,
    uploadId,
    filename,
    at,
    at,
  )
  return null
}
