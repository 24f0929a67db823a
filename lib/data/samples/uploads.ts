/**
 * Groups of images uploaded together, their reports, and discarding a failed upload. lib/ingest reads the
 * files; the trash is in trash.ts.
 */
import { storedFindings } from '#lib/contracts/stored-json.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import type { Uploads } from '../data.ts'
import { deleteUnusedImages, deletingImages } from '../images/image-removals.ts'
import { conflict, notFound, parsed, wordOf } from '../store.ts'
import type { Store } from '../store.ts'
import { dropEmptyClasses } from '../trash/trash.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import { UPLOAD_STATES, type Upload, type UploadFindings } from './upload-values.ts'

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

export function uploadsOf(store: Store): Uploads {
  const { prisma, statements, settings, id, now } = store
  const get = async (uploadId: string): Promise<Upload> => {
    const row = await prisma.upload.findUnique({ where: { id: uploadId } })
    if (!row) throw notFound('upload', uploadId)
    return uploadValue(row)
  }

  return {
    get,
    hasNone: async (classifierId) => !(await statements.pending.hasUploads(classifierId)),
    async begin(classifierId, phoneLinkId) {
      const row = await prisma.upload.create({
        data: {
          id: id(),
          classifierId,
          state: 'running',
          reportJson: JSON.stringify(NOTHING_YET),
          createdAt: now(),
          ownerPid: process.pid,
          ownerId: settings.webId ?? null,
          phoneLinkId: phoneLinkId ?? null,
          isCancelRequested: false,
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
    async requestCancel(uploadId) {
      await prisma.upload.updateMany({ where: { id: uploadId }, data: { isCancelRequested: true } })
    },
    isCancelRequested: async (uploadId) =>
      (await prisma.upload.count({ where: { id: uploadId, isCancelRequested: true } })) > 0,
    discard: (uploadId) =>
      deletingImages(store, async (tx) => {
        const row = await tx.upload.findUnique({ where: { id: uploadId } })
        if (!row) throw notFound('upload', uploadId)
        await removeSamples(tx, row)
        const { perClass } = parsed(storedFindings, row.reportJson)
        await dropEmptyClasses(tx, { classifierId: row.classifierId, perClass })
      }),
    async runningBefore(uploadId) {
      const rows = await prisma.upload.findMany({
        where: { state: 'running', id: { lt: uploadId } },
        select: { id: true },
      })
      return rows.map((row) => row.id)
    },
    async sweepUnfinished(lives) {
      if (!(await statements.pending.hasRunningUploads())) return 0
      const running = await prisma.upload.findMany({ where: { state: 'running' } })
      return abort(running.filter(({ ownerPid }) => ownerPid === null || !lives(ownerPid)))
    },
    async sweepAbandoned() {
      if (!(await statements.pending.hasRunningUploads())) return 0
      const longAgo = new Date(now().getTime() - SILENT_MS)
      const started = await prisma.upload.findMany({
        where: { state: 'running', createdAt: { lt: longAgo }, ownerId: { not: null } },
      })
      if (started.length === 0) return 0
      const living = await prisma.webProcess.findMany({ where: { lastSeen: { gt: longAgo } } })
      const names = new Set(living.map((web) => web.id))
      return abort(started.filter(({ ownerId }) => ownerId !== null && !names.has(ownerId)))
    },
  }

  /** How many of them were still running. */
  async function abort(left: readonly UploadRow[]): Promise<number> {
    if (left.length === 0) return 0
    return deletingImages(store, async (tx) => {
      const running = await tx.upload.findMany({
        where: { id: { in: left.map((row) => row.id) }, state: 'running' },
      })
      for (const row of running) {
        await removeSamples(tx, row)
        const report = { ...parsed(storedFindings, row.reportJson), message: 'Nothing was added', count: 0 }
        await tx.upload.update({
          where: { id: row.id },
          data: {
            state: 'failed',
            error: 'Darkroom stopped while the files were being processed. Upload them again.',
            reportJson: JSON.stringify(report),
          },
        })
      }
      return running.length
    })
  }

  /** Removes what the upload created; older samples that it restored go back to the trash. */
  async function removeSamples(
    tx: Transaction,
    { id: uploadId, classifierId, createdAt }: UploadRow,
  ): Promise<void> {
    const older = { uploadId, createdAt: { lt: createdAt }, trashedAt: null }
    const count = await tx.sample.count({ where: older })
    if (count > 0) {
      const [trashId, at] = [id(), now()]
      await tx.trashEntry.create({
        data: {
          id: trashId,
          kind: 'samples',
          classifierId,
          title: count === 1 ? '1 image' : `${count} images`,
          by: 'an upload that failed',
          at,
          until: trashedUntil(at),
        },
      })
      await tx.sample.updateMany({ where: older, data: { trashedAt: at, trashId, uploadId: null } })
    }
    const created = await tx.sample.findMany({ where: { uploadId }, select: { hash: true } })
    await tx.sample.deleteMany({ where: { uploadId } })
    await deleteUnusedImages(
      tx,
      created.map(({ hash }) => hash),
      now(),
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
  plan,
}: Upload): UploadFindings => ({ message, count, files, perClass, findings, findingsTotal, plan })

export const uploadValue = (row: UploadRow): Upload => ({
  ...parsed(storedFindings, row.reportJson),
  id: row.id,
  classifierId: row.classifierId,
  state: wordOf(UPLOAD_STATES, row.state, 'Upload.state'),
  error: row.error,
  createdAt: row.createdAt,
  trashedAt: row.trashedAt,
})
