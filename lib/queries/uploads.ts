/** Uploads and their reports. */
import { FILE_FINDINGS, type UploadReport } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { CONFLICT_AUTHOR, trashedUntil } from '#lib/domain/sample-state.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { uploadValue } from '#lib/data/samples/uploads.ts'
import type { FileFinding, Upload } from '#lib/data/samples/upload-values.ts'
import { pageOf } from '#lib/domain/page.ts'

type UploadQueries = {
  readonly listUploads: RouteAnswer<'GET /api/uploads'>
  readonly getUpload: RouteAnswer<'GET /api/uploads/{id}'>
}

export const uploadQueries = (
  { prisma }: Store,
  { uploads, classifiers, sampleChanges }: Pick<Data, 'uploads' | 'classifiers' | 'sampleChanges'>,
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
    const answers = page.rows.map((row) => reportOf(uploadValue(row), sampleChanges))
    return { uploads: await Promise.all(answers), next_cursor: page.next }
  },
  getUpload: async ({ id }) => reportOf(await uploads.get(id), sampleChanges),
})

async function reportOf(upload: Upload, sampleChanges: Data['sampleChanges']): Promise<UploadReport> {
  const conflicts = upload.findings.flatMap(({ sampleId, labels = [] }) =>
    sampleId !== null && labels.length > 1 ? [sampleId] : [],
  )
  const decided =
    conflicts.length === 0 ? new Set<string>() : await sampleChanges.decided(conflicts, CONFLICT_AUTHOR)
  return answerOf(upload, decided)
}

/** An image with several labels is offered for a choice only until a user has decided about it. */
function conflictOf(
  { detail, sampleId, labels = [] }: FileFinding,
  decided: ReadonlySet<string>,
): Pick<UploadReport['findings'][number], 'detail' | 'labels'> {
  if (sampleId === null || labels.length < 2) return { detail, labels: [] }
  return decided.has(sampleId)
    ? { detail: `${detail} A user chose its label.`, labels: [] }
    : { detail: `${detail} It is excluded until you choose a label.`, labels: [...labels] }
}

const answerOf = (upload: Upload, decided: ReadonlySet<string>): UploadReport => ({
  success: true,
  id: upload.id,
  classifier: upload.classifierId,
  state: upload.state,
  message: upload.trashedAt ? `Moved ${counted(upload.count, 'image')} to the trash` : upload.message,
  count: upload.count,
  files: upload.files,
  per_class: upload.perClass.map(({ name, count, isNew }) => ({ class: name, count, is_new: isNew })),
  findings: upload.findings.flatMap((one) => {
    const known = FILE_FINDINGS.find((name) => name === one.kind)
    if (known === undefined) return []
    const { filename, sampleId } = one
    return [{ kind: known, filename, sample_id: sampleId, ...conflictOf(one, decided) }]
  }),
  findings_total: upload.findingsTotal,
  created_at: upload.createdAt.toISOString(),
  error: upload.error,
  trashed_until: upload.trashedAt && trashedUntil(upload.trashedAt).toISOString(),
  plan: upload.plan ?? null,
  uncertain: upload.plan?.uncertain ?? [],
})
