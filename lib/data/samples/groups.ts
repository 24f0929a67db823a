/** What near-copies and bursts among the images of a classifier are found by, and the groups that result. Which images
 *  belong together is decided in lib/domain; who compares them, in lib/ingest. */
import type { ImageTraits } from '#lib/domain/grouping/image-links.ts'
import { SPLITS, type Split } from '#lib/domain/classifier.ts'
import { splitsByGroup } from '#lib/domain/grouping/group-splits.ts'
import { joinedGroups } from '#lib/domain/grouping/groups.ts'
import type { Groups } from './group-types.ts'
import type { Store } from '../store.ts'

/** Rows read at once: 1 MB of fingerprints. */
const ROWS_AT_ONCE = 1_000
/** Their images are read before the next ones are listed. */
const HASHES_AT_ONCE = 100

export function groupsOf({ prisma, statements }: Store): Groups {
  return {
    keepTraits: (images) => statements.bulk.insertTraits(prisma, images),
    setAlone: (classifierId, hashes) => statements.bulk.groupAlone(prisma, classifierId, hashes),
    async progressOf(classifierId) {
      const [images, pending] = await Promise.all([
        prisma.sample.count({ where: { classifierId } }),
        prisma.sample.count({ where: { classifierId, groupId: null } }),
      ])
      return { images, pending }
    },
    async pendingClassifiers() {
      if (!(await statements.pending.hasUngroupedSamples())) return []
      const rows = await prisma.sample.groupBy({
        by: ['classifierId'],
        where: {
          groupId: null,
          classifier: { fit: { not: 'digit' }, trashedAt: null },
          OR: [{ uploadId: null }, { upload: { state: { not: 'running' } } }],
        },
      })
      return rows.map(({ classifierId }) => classifierId)
    },
    async *withoutTraits(classifierId) {
      for (let cursor: string | undefined; ;) {
        const rows = await prisma.sample.findMany({
          where: { classifierId, image: { fingerprint: null }, ...(cursor && { id: { gt: cursor } }) },
          select: { id: true, hash: true, groupId: true },
          orderBy: { id: 'asc' },
          take: HASHES_AT_ONCE,
        })
        if (rows.length === 0) return
        cursor = rows.at(-1)!.id
        yield rows.flatMap(({ id, hash, groupId }) => (groupId === id ? [] : [hash]))
      }
    },
    async *pages(classifierId) {
      for (let cursor: string | undefined; ;) {
        const rows = await prisma.sample.findMany({
          where: {
            classifierId,
            image: { fingerprint: { isNot: null } },
            ...(cursor && { id: { gt: cursor } }),
          },
          select: { id: true, hash: true, groupId: true, image: { select: { fingerprint: true } } },
          orderBy: { id: 'asc' },
          take: ROWS_AT_ONCE,
        })
        if (rows.length === 0) return
        cursor = rows.at(-1)!.id
        yield rows.flatMap(({ hash, groupId, image: { fingerprint } }) =>
          fingerprint ? [{ hash, isNew: groupId === null, traits: traitsOf(fingerprint) }] : [],
        )
      }
    },
    save: (classifierId, found) =>
      prisma.$transaction(async (tx) => {
        // the compared samples, those that they are linked with, and all others of their groups
        const hashes = [...new Set([...found.compared, ...found.links.flat()])]
        const members = await statements.bulk.groupMembers(tx, classifierId, hashes)
        const places = new Map(members.map(({ hash }, i) => [hash, i]))
        const links = found.links.flatMap(([a, b]): (readonly [number, number])[] => {
          const [one, other] = [places.get(a), places.get(b)]
          return one === undefined || other === undefined ? [] : [[one, other]] // deleted meanwhile
        })
        const joined = joinedGroups(members, links)
        const splits = splitsByGroup(
          members.map(({ split, isSplitGiven }, i) => ({
            groupId: joined[i]!,
            split: splitOrNull(split),
            isSplitGiven: Boolean(isSplitGiven),
          })),
        )
        const changed = members.flatMap(({ id, groupId, split }, i) =>
          groupId === joined[i] && split === splits[i] ? [] : [[id, joined[i]!, splits[i] ?? null] as const],
        )
        await statements.bulk.moveToGroups(tx, changed)
      }),
    async ofUpload(uploadId) {
      const samples = await prisma.sample.findMany({
        where: { uploadId, groupId: { not: null } },
        select: { id: true, classifierId: true, filename: true, groupId: true },
        orderBy: { id: 'asc' },
      })
      const others = await othersOf({ prisma, statements }, { uploadId, samples })
      return samples.map(({ id, filename, groupId }) => ({
        sampleId: id,
        filename,
        groupId: groupId!,
        earlier: others.get(groupId!) ?? null,
      }))
    },
  }
}

const splitOrNull = (split: string | null): Split | null => SPLITS.find((one) => one === split) ?? null

const traitsOf = ({
  bytes,
  takenAt,
  camera,
}: {
  readonly bytes: Uint8Array
  readonly takenAt: Date | null
  readonly camera: string | null
}): ImageTraits => ({
  fingerprint: bytes,
  shot: takenAt === null || camera === null ? null : { takenAtMs: takenAt.getTime(), camera },
})

type UploadSample = { readonly classifierId: string; readonly groupId: string | null }

/** For each group of an upload its oldest image from elsewhere. */
async function othersOf(
  { prisma, statements }: Pick<Store, 'prisma' | 'statements'>,
  { uploadId, samples }: { readonly uploadId: string; readonly samples: readonly UploadSample[] },
): Promise<ReadonlyMap<string, string>> {
  const [first] = samples
  if (!first) return new Map()
  const groups = new Set(samples.flatMap(({ groupId }) => groupId ?? []))
  const { classifierId } = first
  const rows = await statements.bulk.groupImagesOutside(prisma, { classifierId, uploadId }, [...groups])
  return new Map(
    rows.map(({ groupId, filename, hash }) => [groupId, filename ?? `image ${hash.slice(0, 8)}`]),
  )
}
