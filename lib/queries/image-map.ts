/** The map of a classifier's images, as the page and GET /api/data/map show it. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { FINDING_KINDS, type FindingKind } from '#lib/domain/findings/finding.ts'

type ImageMapQueries = {
  readonly imageMap: RouteAnswer<'GET /api/data/map'>
}

export const imageMapQueries = (
  { prisma, statements }: Store,
  { classifiers, imageMaps, findings }: Pick<Data, 'classifiers' | 'imageMaps' | 'findings'>,
): ImageMapQueries => ({
  async imageMap({ classifier }) {
    const { id, classes } = await classifiers.chosen(classifier)
    const map = await imageMaps.of(id)
    const answer = {
      classifier: id,
      is_computing: await findings.isChecking(id),
      images: await prisma.sample.count({ where: { classifierId: id, excludedAt: null, trashedAt: null } }),
      classes: [...classes],
    }
    if (map === null) return { ...answer, computed_at: null, method: null, points: [] }
    const rows = await statements.lists.mapPoints(prisma, id)
    const places = new Map(classes.map((name, i) => [name, i]))
    return {
      ...answer,
      computed_at: map.computedAt.toISOString(),
      method: map.method,
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
