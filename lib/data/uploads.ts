/** What came in together, its report, and discarding one that failed. Reading the files is lib/ingest's work;
 *  the trash is in trash.ts. */
import { trashedUntil } from '#lib/domain/sample-state.ts'
import type { TransactionScope } from './connection.ts'
import type { Uploads } from './data.ts'
import { sweepPictures } from './images.ts'
import { conflict, notFound, parsed } from './store.ts'
import type { Store } from './store.ts'
import type { Upload, UploadFindings, UploadState } from './values.ts'

export type UploadRow = {
  id: string
  classifierId: string
  state: string
  reportJson: string
  error: string | null
  createdAt: Date
  ownerPid: number | null
  ownerId: string | null
  trashedAt: Date | null
}

const NOTHING_YET: UploadFindings = {
  message: 'Processing the files',
  count: 0,
  files: 0,
  perClass: [],
  findings: [],
  findingsTotal: 0,
}
const MOST_FINDINGS = 500
/** Web processes say several times a second that they live; one that was silent this long is gone, or as good
 *  as. */
const SILENT_MS = 60_000

export function uploadsOf({ connection, prisma, settings, id, now }: Store): Uploads {
  const get = async (uploadId: string): Promise<Upload> => {
    const row = await prisma.upload.findUnique({ where: { id: uploadId } })
    if (!row) throw notFound('upload', uploadId)
    return uploadValue(row)
  }

  return {
    get,
    async begin(classifierId) {
      const row = await prisma.upload.create({
        data: {
          id: id(),
          classifierId,
          state: 'running',
          reportJson: JSON.stringify(NOTHING_YET),
          createdAt: now(),
          ownerPid: process.pid,
          ownerId: settings.webId ?? null,
        },
      })
      return uploadValue(row)
    },
    async change(uploadId, { state, error, ...findings }) {
      const before = await get(uploadId)
      if (state === 'done' && before.state !== 'running')
        throw conflict(
          'The upload was not completed',
          'it was abandoned because the process that worked on it stopped responding',
          'Upload the files again.',
        )
      const report: UploadFindings = { ...findingsOf(before), ...findings }
      const reportJson = JSON.stringify({ ...report, findings: report.findings.slice(0, MOST_FINDINGS) })
      const row = await prisma.upload.update({
        where: { id: uploadId },
        data: { ...(state && { state }), ...(error !== undefined && { error }), reportJson },
      })
      return uploadValue(row)
    },
    async discard(uploadId) {
      await connection.write((writing) => {
        const row = writing.one<{ classifierId: string; reportJson: string; createdAt: number }>(
          'SELECT "classifierId", "reportJson", "createdAt" FROM "Upload" WHERE "id" = ?',
          uploadId,
        )
        if (!row) throw notFound('upload', uploadId)
        removeSamples(writing, { id, now, settings }, { uploadId, ...row })
        dropUnusedClasses(writing, {
          classifierId: row.classifierId,
          perClass: parsed<UploadFindings>(row.reportJson).perClass,
        })
      })
    },
    sweepUnfinished: (lives) =>
      connection.write((writing) => {
        const left = writing
          .all<UploadRow>('SELECT * FROM "Upload" WHERE "state" = \'running\'')
          .filter(({ ownerPid }) => ownerPid === null || !lives(ownerPid))
        return abort(writing, { id, now, settings }, left)
      }),
    async sweepAbandoned() {
      const longAgo = now().getTime() - SILENT_MS
      const abandoned =
        `SELECT * FROM "Upload" WHERE "state" = 'running' AND "createdAt" < ?1 AND "ownerId" IS NOT NULL ` +
        'AND "ownerId" NOT IN (SELECT "id" FROM "WebProcess" WHERE "lastSeen" > ?1)'
      if (!connection.one(abandoned, longAgo)) return 0
      return connection.write((writing) =>
        abort(writing, { id, now, settings }, writing.all<UploadRow>(abandoned, longAgo)),
      )
    },
  }
}

type RemovalContext = Pick<Store, 'id' | 'now' | 'settings'>

function abort(writing: TransactionScope, removing: RemovalContext, left: readonly UploadRow[]): number {
  for (const row of left) {
    removeSamples(writing, removing, {
      uploadId: row.id,
      classifierId: row.classifierId,
      createdAt: Number(row.createdAt),
    })
    const report = { ...parsed<UploadFindings>(row.reportJson), message: 'Nothing was added', count: 0 }
    writing.run(
      'UPDATE "Upload" SET "state" = \'failed\', "error" = ?, "reportJson" = ? WHERE "id" = ?',
      'Darkroom stopped while the files were being processed. Upload them again.',
      JSON.stringify(report),
      row.id,
    )
  }
  return left.length
}

/** What the upload created leaves; what it took out of the trash (and is older than it) goes back there. */
function removeSamples(
  writing: TransactionScope,
  { id, now, settings }: RemovalContext,
  {
    uploadId,
    classifierId,
    createdAt,
  }: { readonly uploadId: string; readonly classifierId: string; readonly createdAt: number },
): void {
  const older = writing.all<{ id: string }>(
    'SELECT "id" FROM "Sample" WHERE "uploadId" = ? AND "createdAt" < ? AND "trashedAt" IS NULL',
    uploadId,
    createdAt,
  )
  if (older.length > 0) {
    const [trashId, at] = [id(), now()]
    const title = older.length === 1 ? '1 image' : `${older.length} images`
    writing.insert('TrashEntry', {
      id: trashId,
      kind: 'samples',
      classifierId,
      uploadId: null,
      versionId: null,
      title,
      by: 'an upload that failed',
      at,
      until: trashedUntil(at),
    })
    for (const sample of older)
      writing.run(
        'UPDATE "Sample" SET "trashedAt" = ?, "trashId" = ?, "uploadId" = NULL WHERE "id" = ?',
        at,
        trashId,
        sample.id,
      )
  }
  const hashes = writing
    .all<{ hash: string }>('DELETE FROM "Sample" WHERE "uploadId" = ? RETURNING "hash"', uploadId)
    .map((row) => row.hash)
  sweepPictures(writing, settings.dataDir, hashes)
}

/** Classes that this upload created, that no sample has and that no version predicts. */
function dropUnusedClasses(
  writing: TransactionScope,
  {
    classifierId,
    perClass,
  }: { readonly classifierId: string; readonly perClass: UploadFindings['perClass'] },
): void {
  const learnt = new Set(
    writing
      .all<{ classesJson: string }>(
        'SELECT "classesJson" FROM "Version" WHERE "classifierId" = ?',
        classifierId,
      )
      .flatMap((row) => parsed<string[]>(row.classesJson)),
  )
  for (const { name, isNew } of perClass) {
    if (!isNew || learnt.has(name)) continue
    writing.run(
      'DELETE FROM "Class" WHERE "classifierId" = ?1 AND "name" = ?2 AND NOT EXISTS (SELECT 1 FROM ' +
        '"Sample" WHERE "classifierId" = ?1 AND "label" = ?2)',
      classifierId,
      name,
    )
  }
}

const findingsOf = ({
  message,
  count,
  files,
  perClass,
  findings,
  findingsTotal,
}: Upload): UploadFindings => ({ message, count, files, perClass, findings, findingsTotal })

export const uploadValue = (row: UploadRow): Upload => ({
  ...parsed<UploadFindings>(row.reportJson),
  id: row.id,
  classifierId: row.classifierId,
  state: row.state as UploadState,
  error: row.error,
  createdAt: row.createdAt,
  trashedAt: row.trashedAt,
})
