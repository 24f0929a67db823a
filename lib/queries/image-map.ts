/** The map of a classifier's images, as the page and GET /api/data/map show it. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import { mapPoints } from '#lib/data/sqlite/list-statements.ts'
import type { Store } from '#lib/data/store.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { FINDING_KINDS, type FindingKind } from '#lib/domain/findings/finding.ts'

type ImageMapQueries = {
  readonly imageMap: RouteAnswer<'GET /api/data/map'>
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
    const rows = await mapPoints(prisma, id)
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
