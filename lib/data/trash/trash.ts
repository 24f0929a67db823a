/** The trash: images, uploads, classifiers and versions stay in it for thirty days, during which they can be
 *  restored. Deleting for good is done in permanent-deletion.ts. */
import { storedFindings, storedNames } from '#lib/contracts/stored-json.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import { applySteps } from '../samples/apply-sample-changes.ts'
import type { Step } from '../samples/apply-sample-changes.ts'
import type { LiveVersions } from '../data.ts'
import { promotionsWith, standingChampions } from '../versions/promotions.ts'
import { conflict, notFound, parsed, wordOrNull } from '../store.ts'
import type { Store } from '../store.ts'
import { recordOfTrash, settleTrash, WITH_COUNT } from './trash-rows.ts'
import type { Transaction } from './trash-rows.ts'
import type { Trash, TrashRecord } from '../samples/undo-types.ts'
import type { UploadFindings } from '../samples/upload-values.ts'
import type { LiveVersion } from '../versions/version-values.ts'

const ACTIVE_RUN = { state: { in: ['queued', 'running', 'judging'] } }

export function trashOf(store: Store, { live }: { readonly live: Pick<LiveVersions, 'of'> }): Trash {
  const { prisma, statements, now } = store
  const get = async (id: string): Promise<TrashRecord> => {
    const row = await prisma.trashEntry.findUnique({ where: { id }, include: WITH_COUNT })
    if (!row) throw notFound('entry of the trash', id)
    return recordOfTrash(row)
  }
  /** The live version of its classifier, if this version serves in place of a promoted one that cannot be loaded. */
  async function fallbackOf(versionId: string): Promise<LiveVersion | null> {
    const version = await prisma.version.findUnique({ where: { id: versionId } })
    const current = version && (await live.of(version.classifierId))
    return current && current.reason !== null && current.version?.id === versionId ? current : null
  }

  return {
    get,
    async list({ classifierId, cursor, limit }) {
      const rows = await prisma.trashEntry.findMany({
        where: {
          OR: [{ kind: 'classifier' }, { classifier: { trashedAt: null } }],
          ...(classifierId !== undefined && { classifierId }),
          ...(cursor !== undefined && { id: { lt: cursor } }),
        },
        include: WITH_COUNT,
        orderBy: { id: 'desc' },
        take: limit,
      })
      return rows.map(recordOfTrash)
    },
    samplesOf: (trashId, limit) =>
      prisma.sample.findMany({
        where: { trashId },
        select: { id: true, filename: true, label: true },
        orderBy: { id: 'asc' },
        take: limit,
      }),
    putUpload: (uploadId, by) => prisma.$transaction((tx) => trashUpload(store, tx, { uploadId, by })),
    putClassifier: (classifierId, by) =>
      prisma.$transaction((tx) => trashClassifier(store, tx, { classifierId, by })),
    async putVersion(versionId, by) {
      const fallback = await fallbackOf(versionId)
      return prisma.$transaction((tx) => trashVersion(store, tx, { versionId, by, fallback }))
    },
    async restore(id, by) {
      const record = await get(id)
      await prisma.$transaction((tx) => restoreEntry(store, tx, { record, by }))
      return record
    },
    async due() {
      if (!(await statements.pending.hasExpiredTrash(now()))) return []
      const rows = await prisma.trashEntry.findMany({
        where: { until: { lte: now() } },
        include: WITH_COUNT,
        orderBy: { until: 'asc' },
      })
      return rows.map(recordOfTrash)
    },
  }
}

/** Why something cannot go to the trash, as [condition, why, remedy]; conditions are read in order. */
type Refusals = readonly (readonly [condition: () => unknown, why: string, remedy: string])[]

async function throwFirst(what: string, refusals: Refusals): Promise<void> {
  for (const [condition, why, remedy] of refusals) if (await condition()) throw conflict(what, why, remedy)
}

async function trashUpload(
  store: Store,
  tx: Transaction,
  { uploadId, by }: { readonly uploadId: string; readonly by: string },
): Promise<TrashRecord> {
  const upload = await tx.upload.findUnique({ where: { id: uploadId } })
  if (!upload) throw notFound('upload', uploadId)
  if (upload.state === 'running')
    throw conflict(
      'This upload cannot be moved to the trash yet',
      'its files are still being processed',
      'Wait until it is done.',
    )
  if (upload.state === 'undone')
    throw conflict(
      'This upload cannot be moved to the trash',
      upload.trashedAt === null ? 'it has already been undone' : 'it is already in the trash',
      'No action is needed.',
    )
  const at = store.now()
  const rows = await tx.sample.findMany({ where: { uploadId, trashedAt: null }, orderBy: { id: 'asc' } })
  const steps = rows.map((row) => withTrashedAt(row, at))
  const title = uploadTitle(upload.createdAt, steps.length)
  await tx.upload.update({ where: { id: uploadId }, data: { state: 'undone', trashedAt: at } })
  const outcome =
    steps.length === 0
      ? null
      : await applySteps(store, tx, {
          classifierId: upload.classifierId,
          steps,
          kind: 'trash',
          by,
          at,
          trash: { kind: 'upload', title, uploadId },
        })
  const { classifierId } = upload
  await dropEmptyClasses(tx, {
    classifierId,
    perClass: parsed(storedFindings, upload.reportJson).perClass,
  })
  return outcome?.trash ?? createEntry(store, tx, { kind: 'upload', classifierId, uploadId, title, by, at })
}

async function trashClassifier(
  store: Store,
  tx: Transaction,
  { classifierId, by }: { readonly classifierId: string; readonly by: string },
): Promise<TrashRecord> {
  const classifier = await tx.classifier.findUnique({ where: { id: classifierId } })
  if (!classifier || classifier.trashedAt !== null) throw notFound('classifier', classifierId)
  await throwFirst(`"${classifier.title}" cannot be moved to the trash`, [
    [
      () => classifier.isShipped,
      'it is shipped with Darkroom',
      'Ignore it: it uses no memory until a request needs it.',
    ],
    [
      () => tx.run.findFirst({ where: { classifierId, ...ACTIVE_RUN } }),
      'a training run of it is queued or running',
      'Cancel the training run first.',
    ],
    [
      () => tx.upload.findFirst({ where: { classifierId, state: 'running' } }),
      'an upload to it is still being processed',
      'Wait until the upload is done.',
    ],
  ])
  const at = store.now()
  await tx.classifier.update({ where: { id: classifierId }, data: { trashedAt: at } })
  return createEntry(store, tx, { kind: 'classifier', classifierId, title: classifier.title, by, at })
}

/** `fallback`: the live version of the classifier, if this version serves in place of the promoted one. */
async function trashVersion(
  store: Store,
  tx: Transaction,
  draft: { readonly versionId: string; readonly by: string; readonly fallback: LiveVersion | null },
): Promise<TrashRecord> {
  const { versionId, by, fallback } = draft
  const version = await tx.version.findUnique({ where: { id: versionId } })
  if (!version || version.trashedAt !== null) throw notFound('version', versionId)
  const { classifierId } = version
  const champions = standingChampions(await promotionsWith(tx, classifierId))
  const promoted = fallback?.promoted.version.name
  await throwFirst(`Version v${version.number} cannot be moved to the trash`, [
    [
      () => version.isShipped,
      'it is shipped with Darkroom',
      'Ignore it: it uses no memory while it is not live.',
    ],
    [() => champions.at(-1) === versionId, 'it is the live version', 'Promote another version first.'],
    [
      () => champions.at(-2) === versionId,
      'it is the version to roll back to',
      'Promote another version first.',
    ],
    [
      () => fallback !== null,
      `it serves predictions while ${promoted} cannot be loaded (${fallback?.reason})`,
      `Restore the files of ${promoted}, or promote another version first.`,
    ],
    [
      () => tx.run.findFirst({ where: { baseVersionId: versionId, ...ACTIVE_RUN } }),
      'a training run starts from it',
      'Wait for the training run or cancel it.',
    ],
  ])
  const at = store.now()
  await tx.version.update({ where: { id: versionId }, data: { trashedAt: at } })
  const title = `v${version.number}`
  return createEntry(store, tx, { kind: 'version', classifierId, versionId, title, by, at })
}

async function restoreEntry(
  store: Store,
  tx: Transaction,
  { record, by }: { readonly record: TrashRecord; readonly by: string },
): Promise<void> {
  const { id } = record
  if (record.kind === 'classifier')
    await tx.classifier.update({ where: { id: record.classifierId }, data: { trashedAt: null } })
  if (record.kind === 'version' && record.versionId !== null)
    await tx.version.update({ where: { id: record.versionId }, data: { trashedAt: null } })
  const rows = await tx.sample.findMany({ where: { trashId: id }, orderBy: { id: 'asc' } })
  const steps = rows.map((row) => withTrashedAt(row, null))
  if (steps.length > 0)
    await applySteps(store, tx, {
      classifierId: record.classifierId,
      steps,
      kind: 'restore',
      by,
      at: store.now(),
    })
  await settleTrash(tx, [id])
  await tx.trashEntry.deleteMany({ where: { id } })
}

const createEntry = async (
  store: Store,
  tx: Transaction,
  draft: {
    readonly kind: 'classifier' | 'version' | 'upload'
    readonly classifierId: string
    readonly versionId?: string
    readonly uploadId?: string
    readonly title: string
    readonly by: string
    readonly at: Date
  },
): Promise<TrashRecord> =>
  recordOfTrash(
    await tx.trashEntry.create({
      data: { id: store.id(), ...draft, until: trashedUntil(draft.at) },
      include: WITH_COUNT,
    }),
  )

/** Moves a sample into the trash or, with null, out of it; all else stays. */
const withTrashedAt = (row: Step['row'], trashedAt: Date | null): Step => ({
  row,
  after: {
    label: row.label,
    split: wordOrNull(SPLITS, row.split, 'Sample.split'),
    isSplitGiven: Boolean(row.isSplitGiven),
    excludedAt: row.excludedAt,
    trashedAt,
  },
})

const uploadTitle = (at: Date, count: number): string =>
  `Upload of ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${count} ${count === 1 ? 'image' : 'images'}`

/** Classes that this upload created, that no sample outside the trash has and that no version predicts. */
export async function dropEmptyClasses(
  tx: Transaction,
  {
    classifierId,
    perClass,
  }: { readonly classifierId: string; readonly perClass: UploadFindings['perClass'] },
): Promise<void> {
  const created = perClass.flatMap(({ name, isNew }) => (isNew ? [name] : []))
  if (created.length === 0) return
  const versions = await tx.version.findMany({ where: { classifierId }, select: { classesJson: true } })
  const predicted = new Set(versions.flatMap(({ classesJson }) => parsed(storedNames, classesJson)))
  for (const name of created) {
    if (
      predicted.has(name) ||
      (await tx.sample.findFirst({
        where: { classifierId, label: name, trashedAt: null },
        select: { id: true },
      }))
    )
      continue
    await tx.class.deleteMany({ where: { classifierId, name } })
  }
}
