/** The map of a classifier's images, as the page and GET /api/data/map show it. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { FINDING_KINDS, type FindingKind } from '#lib/domain/findings/finding.ts'

type ImageMapQueries = {
  readonly imageMap: RouteAnswer<'GET /api/data/map'>
}
type PointRow = {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly label: string | null
  readonly split: string | null
  readonly kinds: string | null
}

export const imageMapQueries = (
  { prisma }: Store,
  { classifiers, imageMaps }: Pick<Data, 'classifiers' | 'imageMaps'>,
): ImageMapQueries => ({
  async imageMap({ classifier }) {
    const { id, classes } = await classifiers.chosen(classifier)
    const map = await imageMaps.of(id)
    if (map === null)
      return { classifier: id, computed_at: null, method: null, classes: [...classes], points: [] }
    const rows = await prisma.$queryRaw<PointRow[]>`
      WITH open AS (
        SELECT one."sampleId", GROUP_CONCAT(f."kind") AS "kinds"
        FROM "Finding" f JOIN "FindingSample" one ON one."findingId" = f."id"
          JOIN "Sample" s ON s."id" = one."sampleId"
          LEFT JOIN "FindingDismissal" d
            ON d."sampleId" = s."id" AND d."kind" = f."kind" AND d."label" IS s."label"
        WHERE f."classifierId" = ${id} AND d."sampleId" IS NULL AND one."label" IS s."label"
        GROUP BY one."sampleId")
      SELECT s."id", p."x", p."y", s."label", s."split", open."kinds"
      FROM "MapPoint" p JOIN "Sample" s ON s."id" = p."sampleId" LEFT JOIN open ON open."sampleId" = s."id"
      WHERE p."classifierId" = ${id} AND s."excludedAt" IS NULL AND s."trashedAt" IS NULL`
    const places = new Map(classes.map((name, i) => [name, i]))
    return {
      classifier: id,
      computed_at: map.computedAt.toISOString(),
      method: map.method,
      classes: [...classes],
      points: rows.map(({ label, split, kinds, ...point }) => ({
        ...point,
        class: label === null ? null : (places.get(label) ?? null),
        split: SPLITS.find((one) => one === split) ?? null,
        finding: worstOf(kinds),
      })),
    }
  },
})

const worstOf = (kinds: string | null): FindingKind | null =>
  kinds === null ? null : (FINDING_KINDS.find((kind) => kinds.split(',').includes(kind)) ?? null)
