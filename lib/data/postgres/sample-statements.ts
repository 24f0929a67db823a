/** New samples with their images, inserted by the thousand; like ../sqlite/sample-statements.ts. Serializable: a class
 *  that is renamed or removed meanwhile is found out by the repetition. */
import type { PostgresConnection, PostgresScope } from '../database/postgres/connection.ts'
import type { ExistingSample, SampleDraft, SampleStatements } from '../statements.ts'
import { insertImages } from './image-statements.ts'
import { asJson } from './json-parameter.ts'

const INSERT = `INSERT INTO "Sample" ("id", "classifierId", "hash", "label", "split", "isSplitGiven", "source",
    "uploadId", "filename", "createdAt", "labelledAt")
  SELECT r."id", r."classifierId", r."hash", r."label", r."split", r."isSplitGiven", r."source", r."uploadId",
    r."filename", $2::timestamp, $2::timestamp
  FROM json_to_recordset($1) AS r("id" text, "classifierId" text, "hash" text, "label" text, "split" text,
    "isSplitGiven" boolean, "source" text, "uploadId" text, "filename" text)`

export const sampleStatements = ({ write }: PostgresConnection): SampleStatements => ({
  insert: (drafts, { files, check, now }) =>
    write(async (writing) => {
      const classifierId = drafts[0]?.classifierId
      if (classifierId === undefined) return []
      const classes = await writing.all<{ name: string }>(
        'SELECT "name" FROM "Class" WHERE "classifierId" = $1',
        classifierId,
      )
      check(classes.map(({ name }) => name))
      const known = await knownSamples(writing, classifierId, drafts)
      const added: SampleDraft[] = []
      const outcomes = drafts.map((draft) => {
        const { id, sample } = draft
        const { image, label, uploadId } = sample
        const before = known.get(image.hash)
        if (before) return before
        known.set(image.hash, { id, label, uploadId, trashedAt: null })
        added.push(draft)
        return null
      })
      await insertImages(
        writing,
        added.map(({ sample }) => ({ image: sample.image })),
        files,
      )
      await writing.run(INSERT, asJson(added.map(rowOf)), now())
      return outcomes
    }),
})

async function knownSamples(
  reading: PostgresScope,
  classifierId: string,
  drafts: readonly SampleDraft[],
): Promise<Map<string, ExistingSample>> {
  const rows = await reading.all<ExistingSample & { readonly hash: string }>(
    `SELECT "hash", "id", "label", "uploadId", "trashedAt" FROM "Sample"
      WHERE "classifierId" = $1 AND "hash" = ANY($2::text[])`,
    classifierId,
    drafts.map(({ sample }) => sample.image.hash),
  )
  return new Map(rows.map(({ hash, ...row }) => [hash, row]))
}

function rowOf({ id, classifierId, sample }: SampleDraft) {
  const { image, label, split, isSplitGiven = false, source, uploadId, filename } = sample
  return { id, classifierId, hash: image.hash, label, split, isSplitGiven, source, uploadId, filename }
}
