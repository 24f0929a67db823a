/** The trash: images, uploads, classifiers and versions lie in it for thirty days and can be restored.
 *  Deleting for good is done in permanent-deletion.ts. */
import { storedFindings, storedNames } from '#lib/contracts/stored-json.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import { applySteps } from './apply-sample-changes.ts'
import type { Step } from './apply-sample-changes.ts'
import type { LiveVersions } from './data.ts'
import { standingChampions } from './promotions.ts'
import { conflict, notFound, parsed } from './store.ts'
import type { Store } from './store.ts'
import { recordOfTrash, settleTrash, WITH_COUNT } from './trash-rows.ts'
import type { Transaction } from './trash-rows.ts'
import type { Trash, TrashRecord } from './undo-types.ts'
import type { UploadFindings } from './values.ts'
import type { LiveVersion } from './version-values.ts'

const TRANSACTION = { timeout: 60_000 } as const
const ACTIVE_RUN = { state: { in: ['queued', 'running', 'judging'] } }

export function trashOf(store: Store, { live }: { readonly live: Pick<LiveVersions, 'of'> }): Trash {
  const { prisma, id: newId, now } = store
  const get = async (id: string): Promise<TrashRecord> => {
    const row = await prisma.trashEntry.findUnique({ where: { id }, include: WITH_COUNT })
    if (!row) throw notFound('entry of the trash', id)
    return recordOfTrash(row)
  }
  const entry = async (
    tx: Transaction,
    draft: {
      kind: 'classifier' | 'version' | 'upload'
      classifierId: string
      versionId?: string
      uploadId?: string
      title: string
      by: string
      at: Date
    },
  ): Promise<TrashRecord> =>
    recordOfTrash(
      await tx.trashEntry.create({
        data: { id: newId(), ...draft, until: trashedUntil(draft.at) },
        include: WITH_COUNT,
      }),
    )

  /** How its classifier is served, if this version replaces a promoted one that cannot be loaded. */
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
    putUpload: (uploadId, by) =>
      prisma.$transaction(async (tx) => {
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
        const at = now()
        const rows = await tx.sample.findMany({
          where: { uploadId, trashedAt: null },
          orderBy: { id: 'asc' },
        })
        const steps: Step[] = rows.map((row) => ({
          row,
          after: {
            label: row.label,
            split: row.split as Step['after']['split'],
            excludedAt: row.excludedAt,
            trashedAt: at,
          },
        }))
        const title = uploadTitle(upload.createdAt, steps.length)
        await tx.upload.update({ where: { id: uploadId }, data: { state: 'undone', trashedAt: at } })
        const outcome =
          steps.length === 0
            ? null
            : await applySteps(store, tx, {
                steps,
                kind: 'trash',
                by,
                at,
                trash: { kind: 'upload', title, uploadId },
              })
        await dropEmptyClasses(tx, {
          classifierId: upload.classifierId,
          perClass: parsed(storedFindings, upload.reportJson).perClass,
        })
        return (
          outcome?.trash ??
          entry(tx, { kind: 'upload', classifierId: upload.classifierId, uploadId, title, by, at })
        )
      }, TRANSACTION),
    putClassifier: (classifierId, by) =>
      prisma.$transaction(async (tx) => {
        const classifier = await tx.classifier.findUnique({ where: { id: classifierId } })
        if (!classifier || classifier.trashedAt !== null) throw notFound('classifier', classifierId)
        const what = `"${classifier.title}" cannot be moved to the trash`
        if (classifier.isShipped)
          throw conflict(
            what,
            'it is shipped with Darkroom',
            'Ignore it: it uses no memory until a request needs it.',
          )
        if (await tx.run.findFirst({ where: { classifierId, ...ACTIVE_RUN } }))
          throw conflict(what, 'a training run of it is queued or running', 'Cancel the training run first.')
        if (await tx.upload.findFirst({ where: { classifierId, state: 'running' } }))
          throw conflict(what, 'an upload to it is still being processed', 'Wait until the upload is done.')
        const at = now()
        await tx.classifier.update({ where: { id: classifierId }, data: { trashedAt: at } })
        return entry(tx, { kind: 'classifier', classifierId, title: classifier.title, by, at })
      }),
    async putVersion(versionId, by) {
      const serving = await fallbackOf(versionId)
      return prisma.$transaction(async (tx) => {
        const version = await tx.version.findUnique({ where: { id: versionId } })
        if (!version || version.trashedAt !== null) throw notFound('version', versionId)
        const what = `Version v${version.number} cannot be moved to the trash`
        if (version.isShipped)
          throw conflict(
            what,
            'it is shipped with Darkroom',
            'Ignore it: it uses no memory while it is not live.',
          )
        const champions = standingChampions(await promotionsWith(tx, version.classifierId))
        if (champions.at(-1) === versionId)
          throw conflict(what, 'it is the live version', 'Promote another version first.')
        if (champions.at(-2) === versionId)
          throw conflict(what, 'it is the version to roll back to', 'Promote another version first.')
        if (serving !== null)
          throw conflict(
            what,
            `it serves predictions while ${serving.promoted.version.name} cannot be loaded (${serving.reason})`,
            `Restore the files of ${serving.promoted.version.name}, or promote another version first.`,
          )
        if (await tx.run.findFirst({ where: { baseVersionId: versionId, ...ACTIVE_RUN } }))
          throw conflict(what, 'a training run starts from it', 'Wait for the training run or cancel it.')
        const at = now()
        await tx.version.update({ where: { id: versionId }, data: { trashedAt: at } })
        return entry(tx, {
          kind: 'version',
          classifierId: version.classifierId,
          versionId,
          title: `v${version.number}`,
          by,
          at,
        })
      })
    },
    async restore(id, by) {
      const record = await get(id)
      await prisma.$transaction(async (tx) => {
        if (record.kind === 'classifier')
          await tx.classifier.update({ where: { id: record.classifierId }, data: { trashedAt: null } })
        if (record.kind === 'version' && record.versionId !== null)
          await tx.version.update({ where: { id: record.versionId }, data: { trashedAt: null } })
        const rows = await tx.sample.findMany({ where: { trashId: id }, orderBy: { id: 'asc' } })
        const steps: Step[] = rows.map((row) => ({
          row,
          after: {
            label: row.label,
            split: row.split as Step['after']['split'],
            excludedAt: row.excludedAt,
            trashedAt: null,
          },
        }))
        if (steps.length > 0) await applySteps(store, tx, { steps, kind: 'restore', by, at: now() })
        await settleTrash(tx, [id])
        await tx.trashEntry.deleteMany({ where: { id } })
      }, TRANSACTION)
      return record
    },
    async due() {
      const rows = await prisma.trashEntry.findMany({
        where: { until: { lte: now() } },
        include: WITH_COUNT,
        orderBy: { until: 'asc' },
      })
      return rows.map(recordOfTrash)
    },
  }
}

const promotionsWith = (tx: Transaction, classifierId: string) =>
  tx.promotion.findMany({
    where: { classifierId },
    orderBy: { id: 'asc' },
    include: { version: { select: { trashedAt: true } } },
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
