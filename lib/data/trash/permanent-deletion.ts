/** Deleting permanently what lies in the trash: rows, files, and the database pages they lay in. Copies that other
 *  modules derived (packs, features) are removed before, by lib/operations/permanent-deletion.ts; backups are not
 *  touched here. */
import { storedFindings } from '#lib/contracts/stored-json.ts'
import path from 'node:path'
import { noteRemovals, removePendingFiles } from '../images/image-removals.ts'
import type { Statements } from '../statements.ts'
import { conflict, notFound, parsed } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from './trash-rows.ts'
import type { Trash, TrashRecord } from '../samples/undo-types.ts'

const ACTIVE = ['queued', 'running', 'judging']

/** What deleting an entry of the trash concerns, before anything is deleted. */
export type ErasePlan = {
  readonly record: TrashRecord
  /** sha256 of images that nothing else needs: all their copies are deleted. */
  readonly images: readonly string[]
  /** sha256 of images that another classifier has as a sample: these stay there. */
  readonly shared: readonly { readonly hash: string; readonly classifierId: string }[]
  /** Versions that were trained, calibrated or tested on the images: their weights stay. */
  readonly versions: readonly {
    readonly classifierId: string
    readonly name: string
    readonly until: Date | null
  }[]
}

export type PermanentDeletion = {
  readonly plan: (trashId: string) => Promise<ErasePlan>
  /**
   * True: no page of the database and its log contains the bytes any more. False: another process was
   * reading; call `purge` again.
   */
  readonly erase: (plan: ErasePlan) => Promise<boolean>
  readonly purge: () => Promise<boolean>
}

/** Prisma, or a transaction of it. */
type DeletionReader = Pick<Transaction, 'sample' | 'prediction' | '$queryRaw'>

type Snapshots = { readonly entriesOf: (id: string) => Promise<readonly { readonly hash: string }[]> }

export function erasingOf(
  store: Store,
  { trash, snapshots }: { readonly trash: Trash; readonly snapshots: Snapshots },
): PermanentDeletion {
  const { prisma, settings } = store
  const { deletion } = store.statements
  /** Readers of other processes are over in milliseconds; where one stays longer, the worker tries again. */
  const purge = (): Promise<boolean> => store.database.purgeLog()

  async function hashesOf(reading: DeletionReader, record: TrashRecord): Promise<readonly string[]> {
    if (record.kind === 'version') return []
    const { classifierId } = record
    if (record.kind !== 'classifier')
      return distinct(
        (await reading.sample.findMany({ where: { trashId: record.id }, select: { hash: true } })).map(
          ({ hash }) => hash,
        ),
      )
    const [samples, predictions] = await Promise.all([
      reading.sample.findMany({ where: { classifierId }, select: { hash: true } }),
      reading.prediction.findMany({
        where: { classifierId, imageHash: { not: null } },
        select: { imageHash: true },
        distinct: ['imageHash'],
      }),
    ])
    return distinct([
      ...samples.map(({ hash }) => hash),
      ...predictions.flatMap(({ imageHash }) => imageHash ?? []),
    ])
  }

  async function imagesOf(
    reading: DeletionReader,
    record: TrashRecord,
  ): Promise<Pick<ErasePlan, 'images' | 'shared'>> {
    const hashes = await hashesOf(reading, record)
    const shared = await deletion.imagesOfOthers(reading, record.classifierId, hashes)
    const stays = new Set(shared.map(({ hash }) => hash))
    return { images: hashes.filter((hash) => !stays.has(hash)), shared }
  }

  async function versionsWith(
    record: TrashRecord,
    hashes: readonly string[],
  ): Promise<ErasePlan['versions']> {
    if (record.kind === 'classifier' || hashes.length === 0) return []
    const deletedHashes = new Set(hashes)
    const runs = await prisma.run.findMany({
      where: { classifierId: record.classifierId, versionId: { not: null }, snapshotId: { not: null } },
      include: { version: { include: { trash: true } } },
      orderBy: { id: 'asc' },
    })
    const holds = new Map<string, boolean>()
    const found: ErasePlan['versions'][number][] = []
    for (const { snapshotId, version } of runs) {
      if (snapshotId === null || version === null) continue
      const known =
        holds.get(snapshotId) ??
        (await snapshots.entriesOf(snapshotId)).some(({ hash }) => deletedHashes.has(hash))
      holds.set(snapshotId, known)
      if (known)
        found.push({
          classifierId: record.classifierId,
          name: `v${version.number}`,
          until: version.trash[0]?.until ?? null,
        })
    }
    return found
  }

  return {
    purge,
    async plan(trashId) {
      const record = await trash.get(trashId)
      const { images, shared } = await imagesOf(prisma, record)
      return {
        record,
        images,
        shared,
        versions: await versionsWith(record, [...images, ...shared.map(({ hash }) => hash)]),
      }
    },
    async erase({ record, images: planned }) {
      const purgeImages = await deletion.purgeAfter(planned)
      await prisma.$transaction(async (tx) => {
        // Since the plan some of it, or all, may have been restored, or uploaded again.
        if (!(await tx.trashEntry.findUnique({ where: { id: record.id }, select: { id: true } })))
          throw notFound('entry of the trash', record.id)
        const { images: still, shared } = await imagesOf(tx, record)
        const everything = [...still, ...shared.map(({ hash }) => hash)]
        const run = await tx.run.findFirst({
          where: { classifierId: record.classifierId, state: { in: ACTIVE } },
        })
        if (run)
          throw conflict(
            `"${record.title}" was not deleted permanently`,
            'a training run of this classifier is queued or running and may use it',
            'Wait for the training run or cancel it.',
          )
        await forgetNames(deletion, tx, { record, hashes: everything })
        // Predictions stay as figures, without the image. Those of other classifiers lose it, too, unless these have it
        // as a sample.
        await deletion.unlinkImages(tx, record.classifierId, { images: still, ofClassifier: everything })
        await deleteRows(tx, record)
        await noteRemovals(tx, await deletion.deleteUnusedAmong(tx, still), store.now())
      })
      for (const folder of foldersOf(record, settings.dataDir)) await store.folders.discard(folder)
      // A user who deletes something permanently learns of a file that is still there; the worker tries again.
      await removePendingFiles(store)
      return purgeImages()
    },
  }
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)]

/** File names in the reports of uploads, which contain the names of images. */
async function forgetNames(
  deletion: Statements['deletion'],
  tx: Transaction,
  { record, hashes }: { readonly record: TrashRecord; readonly hashes: readonly string[] },
): Promise<void> {
  if (record.kind !== 'samples' && record.kind !== 'upload') return
  const samples = await tx.sample.findMany({
    where: { classifierId: record.classifierId, trashId: record.id },
    select: { id: true, filename: true, uploadId: true },
  })
  const ids = new Set(samples.map(({ id }) => id))
  const names = new Set(samples.flatMap(({ filename }) => filename ?? []))
  const uploads = await tx.upload.findMany({
    where: { id: { in: distinct(samples.flatMap(({ uploadId }) => uploadId ?? [])).slice() } },
  })
  for (const { id, reportJson } of uploads) {
    const report = parsed(storedFindings, reportJson)
    const findings = report.findings.filter(
      ({ sampleId, filename, detail }) =>
        !(sampleId !== null && ids.has(sampleId)) &&
        !names.has(filename) &&
        ![...names].some((name) => detail.includes(name)),
    )
    if (findings.length < report.findings.length)
      await tx.upload.update({ where: { id }, data: { reportJson: JSON.stringify({ ...report, findings }) } })
  }
  await deletion.forgetFilenames(tx, record.classifierId, hashes)
}

async function deleteRows(
  tx: Transaction,
  { id, kind, classifierId, uploadId, versionId }: TrashRecord,
): Promise<void> {
  await tx.sample.deleteMany({ where: { trashId: id } })
  if (kind === 'upload' && uploadId !== null) await deleteUpload(tx, uploadId)
  if (kind === 'version' && versionId !== null) await tx.version.deleteMany({ where: { id: versionId } })
  if (kind === 'classifier') await tx.classifier.deleteMany({ where: { id: classifierId } })
  await tx.trashEntry.deleteMany({ where: { id } })
  // nothing is left to undo
  await tx.sampleChange.deleteMany({ where: { classifierId, classEdit: null, entries: { none: {} } } })
}

/**
 * Images that were restored individually, or are in entries of their own, would be deleted with its row:
 * with these it is an upload again.
 */
async function deleteUpload(tx: Transaction, id: string): Promise<void> {
  const { count } = await tx.upload.deleteMany({ where: { id, samples: { none: {} } } })
  if (count === 0) await tx.upload.updateMany({ where: { id }, data: { state: 'done', trashedAt: null } })
}

function foldersOf({ kind, classifierId, title }: TrashRecord, dataDir: string): readonly string[] {
  if (kind === 'classifier') return [path.join(dataDir, 'models', classifierId)]
  return kind === 'version' ? [path.join(dataDir, 'models', classifierId, title)] : []
}
