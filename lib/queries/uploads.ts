/** Uploads and their reports. */
import { FINDINGS } from '#lib/contracts/uploads.ts'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/count-text.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { uploadValue } from '#lib/data/samples/uploads.ts'
import type { Upload } from '#lib/data/samples/upload-values.ts'
import { pageOf } from '#lib/domain/page.ts'

type UploadQueries = {
  readonly listUploads: RouteAnswer<'GET /api/uploads'>
  readonly getUpload: RouteAnswer<'GET /api/uploads/{id}'>
}

export const uploadQueries = (
  { prisma }: Store,
  { uploads, classifiers }: Pick<Data, 'uploads' | 'classifiers'>,
): UploadQueries => ({
  async listUploads({ classifier, cursor, limit }) {
    if (classifier !== undefined) await classifiers.get(classifier)
    const rows = await prisma.upload.findMany({
      where: {
        ...(classifier === undefined ? { classifier: { trashedAt: null } } : { classifierId: classifier }),
        id: { lt: cursor },
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    })
    const page = pageOf(rows, limit, (row) => row.id)
    return { uploads: page.rows.map((row) => answerOf(uploadValue(row))), next_cursor: page.next }
  },
  getUpload: async ({ id }) => answerOf(await uploads.get(id)),
})

const answerOf = (upload: Upload): UploadReport => ({
  success: true,
  id: upload.id,
  classifier: upload.classifierId,
  state: upload.state,
  message: upload.trashedAt ? `Moved ${counted(upload.count, 'image')} to the trash` : upload.message,
  count: upload.count,
  files: upload.files,
  per_class: upload.perClass.map(({ name, count, isNew }) => ({ class: name, count, is_new: isNew })),
  findings: upload.findings.flatMap(({ kind, filename, detail, sampleId, labels = [] }) => {
    const known = FINDINGS.find((name) => name === kind)
    return known ? [{ kind: known, filename, detail, sample_id: sampleId, labels: [...labels] }] : []
  }),
  findings_total: upload.findingsTotal,
  created_at: upload.createdAt.toISOString(),
  error: upload.error,
  trashed_until: upload.trashedAt && trashedUntil(upload.trashedAt).toISOString(),
  plan: upload.plan ?? null,
  uncertain: upload.plan?.uncertain ?? [],
})
