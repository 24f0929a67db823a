/** Versions with what a person needs to choose among them. */
import type { VersionAnswer } from '#lib/contracts/models.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Version, VersionFault } from '#lib/data/versions/version-values.ts'
import type { Store } from '#lib/data/store.ts'
import { pageOf } from '#lib/domain/page.ts'

type ModelQueries = {
  readonly listModels: RouteAnswer<'GET /api/models'>
  readonly getModel: RouteAnswer<'GET /api/models/{id}'>
}

export function modelQueries(
  { prisma }: Store,
  { classifiers, versions, promotions, live }: Pick<Data, 'classifiers' | 'versions' | 'promotions' | 'live'>,
): ModelQueries {
  return {
    async listModels({ classifier, cursor, limit }) {
      const { id } = await classifiers.chosen(classifier)
      const before = cursor === undefined ? Infinity : Number(cursor)
      const standing = await standingOf(id)
      const page = pageOf(
        (await versions.list(id)).filter((version) => version.number < before),
        limit,
        (version) => String(version.number),
      )
      const snapshots = await snapshotsOf(page.rows)
      return {
        models: page.rows.map((version) => answerOf(version, { ...standing, snapshots })),
        next_cursor: page.next,
      }
    },
    async getModel({ id }) {
      const version = await versions.get(id)
      const snapshots = await snapshotsOf([version])
      const standing = await standingOf(version.classifierId)
      return { ...answerOf(version, { ...standing, snapshots }), card: version.card }
    },
  }

  /** By run. */
  async function snapshotsOf(versions: readonly Version[]): Promise<VersionStatus['snapshots']> {
    const rows = await prisma.run.findMany({
      where: { id: { in: versions.flatMap(({ runId }) => runId ?? []) } },
      select: { id: true, snapshot: { select: { id: true, hash: true } } },
    })
    return new Map(rows.map(({ id, snapshot }) => [id, snapshot]))
  }

  async function standingOf(classifierId: string): Promise<Omit<VersionStatus, 'snapshots'>> {
    const [history, current, faults] = await Promise.all([
      promotions.history(classifierId),
      live.of(classifierId),
      live.faults(),
    ])
    return { history, liveId: current?.version?.id ?? null, faults }
  }
}

type VersionStatus = {
  readonly history: readonly { readonly versionId: string }[]
  readonly liveId: string | null
  readonly faults: readonly VersionFault[]
  readonly snapshots: ReadonlyMap<string, { readonly id: string; readonly hash: string } | null>
}

const answerOf = (
  version: Version,
  { history, liveId, faults, snapshots }: VersionStatus,
): VersionAnswer => ({
  id: version.id,
  classifier: version.classifierId,
  version: version.name,
  is_champion: history.at(-1)?.versionId === version.id,
  is_shipped: version.isShipped,
  was_champion: history.some((promotion) => promotion.versionId === version.id),
  is_live: version.id === liveId,
  // only processes that know what is loaded can say these
  precision: null,
  precision_reason: null,
  fault: faults.find(({ versionId }) => versionId === version.id)?.reason ?? null,
  parent: version.parent,
  run_id: version.runId,
  snapshot: (version.runId === null ? null : snapshots.get(version.runId)) ?? null,
  recipe: version.recipe,
  engine: version.engine,
  accuracy: version.accuracy,
  test_images: version.testImages,
  parameters: version.parameters,
  size_bytes: version.sizeBytes,
  classes: [...version.classes],
  verdict: version.verdict,
  created_at: version.createdAt.toISOString(),
  promoted_at: version.promotedAt?.toISOString() ?? null,
})
