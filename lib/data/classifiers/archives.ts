/** The rows of a whole classifier, out of this database and into another. Ids are not carried: versions are named by
 *  their numbers, snapshots by their hashes. lib/training writes and reads the file. */
import { gunzipSync } from 'node:zlib'
import { storedPoints, storedRobustness, storedRunImages, storedVerdict } from '#lib/contracts/stored-json.ts'
import type { ArchivedSample } from '#lib/contracts/classifier-archive.ts'
import { engine } from '#lib/contracts/fields.ts'
import { AUTO_RETRAIN } from '#lib/domain/auto-retrain.ts'
import { FITS, SOURCES, SPLITS } from '#lib/domain/classifier.ts'
import { FINDING_KINDS } from '#lib/domain/findings/finding.ts'
import { AUTO_PROMOTE } from '#lib/domain/evaluation/gate.ts'
import type { Prisma } from '../generated/client.ts'
import { deleteUnusedImages, deletingImages } from '../images/image-removals.ts'
import { snapshotEntriesIn } from '../samples/snapshots.ts'
import { conflict, notFound, parsed, parsedOrNull, type Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import type { ArchiveContent, ClassifierArchives } from './archive-types.ts'
import { addArchive } from './add-archive.ts'

const ROWS_AT_ONCE = 1_000
const WITH_ALL = {
  classes: { orderBy: { position: 'asc' } },
  snapshots: { select: { hash: true, createdAt: true }, orderBy: { id: 'asc' } },
  versions: {
    where: { trashedAt: null },
    include: { madeBy: { include: { snapshot: { select: { hash: true } }, baseVersion: true }, take: 1 } },
    orderBy: { number: 'asc' },
  },
  classRenames: { orderBy: { id: 'asc' } },
  promotions: { where: { version: { trashedAt: null } }, include: { version: true }, orderBy: { id: 'asc' } },
} as const
type Row = Prisma.ClassifierGetPayload<{ include: typeof WITH_ALL }>
type RunRow = Row['versions'][number]['madeBy'][number]

export function archivesOf(store: Store): ClassifierArchives {
  const { prisma } = store
  return {
    async read(id) {
      const row = await prisma.classifier.findUnique({
        where: { id },
        include: WITH_ALL,
      })
      if (!row) throw notFound('classifier', id)
      return contentOf(row)
    },
    async snapshotEntries(classifierId, hash) {
      const row = await prisma.snapshot.findUnique({ where: { classifierId_hash: { classifierId, hash } } })
      if (!row) throw notFound('snapshot', hash)
      return snapshotEntriesIn(gunzipSync(row.entries).toString('utf8'))
    },
    async *samples(classifierId) {
      for (let cursor: string | undefined; ;) {
        const rows = await prisma.sample.findMany({
          where: { classifierId, trashedAt: null, ...(cursor !== undefined && { id: { gt: cursor } }) },
          include: {
            image: { select: { mediaType: true, width: true, height: true } },
            dismissals: { orderBy: { kind: 'asc' } },
          },
          orderBy: { id: 'asc' },
          take: ROWS_AT_ONCE,
        })
        if (rows.length === 0) return
        cursor = rows.at(-1)!.id
        yield rows.map((row): ArchivedSample => ({
          hash: row.hash,
          label: row.label,
          split: SPLITS.find((one) => one === row.split) ?? null,
          is_split_given: row.isSplitGiven,
          source: SOURCES.find((one) => one === row.source) ?? 'upload',
          filename: row.filename,
          group: row.groupId,
          excluded_at: row.excludedAt?.toISOString() ?? null,
          created_at: row.createdAt.toISOString(),
          labelled_at: row.labelledAt.toISOString(),
          dismissals: row.dismissals.flatMap(({ kind, label, by, at }) => {
            const known = FINDING_KINDS.find((one) => one === kind)
            return known ? [{ kind: known, label, by, at: at.toISOString() }] : []
          }),
          image: { media_type: row.image.mediaType, width: row.image.width, height: row.image.height },
        }))
      }
    },
    requireFree: (id) => requireFree(prisma, id),
    async add(archive, placeFiles) {
      await prisma.$transaction(async (tx) => {
        await requireFree(tx, archive.id)
        await addArchive(tx, archive, store.id)
        await placeFiles()
      })
    },
    discardImages: (hashes) => deletingImages(store, (tx) => deleteUnusedImages(tx, hashes, store.now())),
  }
}

async function requireFree(rows: Pick<Transaction, 'classifier'>, id: string): Promise<void> {
  const known = await rows.classifier.findUnique({ where: { id }, select: { trashedAt: true } })
  if (!known) return
  throw conflict(
    `The classifier "${id}" was not imported`,
    known.trashedAt === null
      ? 'a classifier with this id already exists'
      : 'a classifier with this id is in the trash',
    'Import it under another id: send "classifier", or on the command line --as.' +
      (known.trashedAt === null ? '' : ' Or restore that one, or delete it permanently, on the page Trash.'),
  )
}

const contentOf = (row: Row): ArchiveContent => ({
  classifier: {
    id: row.id,
    title: row.title,
    classes: row.classes.map(({ name }) => name),
    size: row.size,
    channels: row.channels === 1 ? 1 : 3,
    fit: FITS.find((one) => one === row.fit) ?? 'cover',
    is_mirrorable: row.isMirrorable,
    has_digits: row.hasDigits,
    recipe: row.recipe,
    last_number: row.lastNumber,
    created_at: row.createdAt.toISOString(),
    auto_promote: AUTO_PROMOTE.find((one) => one === row.autoPromote) ?? null,
    auto_retrain: AUTO_RETRAIN.find((one) => one === row.autoRetrain) ?? null,
    auto_retrain_after: row.autoRetrainAfter,
  },
  class_renames: row.classRenames.map(({ from, to, at }) => ({ from, to, at: at.toISOString() })),
  snapshots: row.snapshots.map(({ hash, createdAt }) => ({ hash, created_at: createdAt.toISOString() })),
  versions: row.versions.map(({ number, parent, madeBy, verdictJson, robustnessJson }) => ({
    number,
    parent,
    run: madeBy[0] ? runOf(madeBy[0]) : null,
    verdict: parsedOrNull(storedVerdict, verdictJson),
    robustness: parsedOrNull(storedRobustness, robustnessJson),
  })),
  promotions: row.promotions.map(({ version, kind, by, reason, at }) => ({
    version: version.number,
    kind: kind === 'rollback' ? kind : 'promote',
    by,
    reason,
    at: at.toISOString(),
  })),
})

const runOf = (run: RunRow): NonNullable<ArchiveContent['versions'][number]['run']> => ({
  snapshot: run.snapshot?.hash ?? null,
  recipe: run.recipe,
  base_version: run.baseVersion?.number ?? null,
  engine: engine.nullable().parse(run.engine),
  epochs: run.epochs,
  epoch: run.epoch,
  message: run.message,
  images: parsedOrNull(storedRunImages, run.imagesJson),
  points: parsed(storedPoints, run.pointsJson),
  verdict: parsedOrNull(storedVerdict, run.verdictJson),
  is_promoted: run.isPromoted,
  is_automatic: run.isAutomatic,
  seed: run.seed,
  plan: withoutFolders(run.planJson),
  created_at: run.createdAt.toISOString(),
  started_at: run.startedAt?.toISOString() ?? null,
  ended_at: run.endedAt?.toISOString() ?? null,
})

/** Folders of this machine mean nothing on another. */
const withoutFolders = (planJson: string): unknown =>
  JSON.parse(planJson, (key, value: unknown) => (key === 'folder' ? '' : value))
