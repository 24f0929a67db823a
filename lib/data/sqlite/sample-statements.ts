/**
 * New samples with their images, inserted by the thousand: Prisma creates about 4,000 rows per second, node:sqlite
 * about 100,000 in transactions of a hundred (docs/performance.md, "Queries"). Everything else about samples goes
 * through Prisma (../samples).
 */
import type { Connection, TransactionScope } from '../database/connection.ts'
import type { Sample } from '../generated/client.ts'
import type { StagedImages } from '../images/staged-images.ts'
import type { NewSample } from '../values.ts'
import { insertImage } from './image-statements.ts'

const INSERT = `INSERT INTO "Sample" ("id", "classifierId", "hash", "label", "split", "isSplitGiven", "source",
    "uploadId", "filename", "createdAt", "labelledAt")
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

export type ExistingSample = Pick<Sample, 'id' | 'label' | 'uploadId' | 'trashedAt'>
type SampleDraft = {
  readonly id: string
  readonly classifierId: string
  readonly sample: NewSample
  readonly at: Date
}

export const sampleStatements = ({ write }: Pick<Connection, 'write'>) => ({
  /**
   * All of them in one transaction, which ends without effect if `check` refuses the classes that the classifier has.
   * Returns for each the sample that already has its image, which is not changed, or null.
   */
  insert: (
    drafts: readonly SampleDraft[],
    { files, check }: { readonly files: StagedImages; readonly check: (classes: readonly string[]) => void },
  ): Promise<readonly (ExistingSample | null)[]> =>
    write((writing) => {
      const classifierId = drafts[0]?.classifierId
      if (classifierId === undefined) return []
      const classes = writing.all<{ name: string }>(
        'SELECT "name" FROM "Class" WHERE "classifierId" = ?',
        classifierId,
      )
      check(classes.map(({ name }) => name))
      return drafts.map((draft) => insertSample(writing, draft, files))
    }),
})

function insertSample(
  writing: TransactionScope,
  { id, classifierId, sample, at }: SampleDraft,
  files: StagedImages,
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
