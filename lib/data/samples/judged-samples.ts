/** The samples that a report is about, with their figures and their groups, as rows. What is wrong with them is decided
 *  in lib/domain/findings. */
import { storedSurroundings } from '#lib/contracts/stored-json.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import type { ImageFigures } from '#lib/domain/findings/image-figures.ts'
import type { Prisma } from '../generated/client.ts'
import { parsed, type Store } from '../store.ts'
import type { FindingStore, ReportSample } from './finding-types.ts'

/** Of one query: all rows of a large set at once would be in memory several times. */
const ROWS_AT_ONCE = 1_000

export const judgedSamplesIn = ({
  prisma,
  statements,
}: Pick<Store, 'prisma' | 'statements'>): Pick<FindingStore, 'coverage' | 'samplesOf' | 'groupsOf'> => ({
  async coverage(classifierId) {
    const where = judgedSamples(classifierId)
    const [total, known] = await Promise.all([
      prisma.sample.count({ where }),
      prisma.sample.count({ where: { ...where, image: { figures: { surroundingsJson: { not: null } } } } }),
    ])
    return { total, known }
  },
  async samplesOf(classifierId) {
    const samples: ReportSample[] = []
    for (let after = ''; ;) {
      const rows = await prisma.sample.findMany({
        where: { ...judgedSamples(classifierId), id: { gt: after } },
        select: {
          id: true,
          hash: true,
          label: true,
          split: true,
          groupId: true,
          image: { select: { width: true, height: true, figures: true } },
        },
        orderBy: { id: 'asc' },
        take: ROWS_AT_ONCE,
      })
      for (const { image, split, ...sample } of rows) {
        const { figures, ...size } = image
        samples.push({
          ...sample,
          ...size,
          split: SPLITS.find((one) => one === split) ?? null,
          figures: figures && figuresIn(figures),
          surroundings: surroundingsIn(figures?.surroundingsJson ?? null),
        })
      }
      if (rows.length < ROWS_AT_ONCE) return samples
      after = rows.at(-1)!.id
    }
  },
  async groupsOf(classifierId) {
    const rows = await statements.bulk.sharedFingerprints(prisma, classifierId)
    return [...Map.groupBy(rows, ({ groupId }) => groupId).values()].map((group) =>
      group.map(({ hash, bytes }) => ({ hash, fingerprint: bytes })),
    )
  },
})

const judgedSamples = (classifierId: string) =>
  ({
    classifierId,
    excludedAt: null,
    trashedAt: null,
    OR: [{ uploadId: null }, { upload: { state: { not: 'running' } } }],
  }) satisfies Prisma.SampleWhereInput

/** Without the texts that the row has as well. */
const figuresIn = (row: ImageFigures): ImageFigures => ({
  brightness5: row.brightness5,
  brightness99: row.brightness99,
  sharpness: row.sharpness,
  concentration: row.concentration,
  entropy: row.entropy,
  digest: row.digest,
})

const surroundingsIn = (json: string | null) => (json === null ? null : parsed(storedSurroundings, json))
