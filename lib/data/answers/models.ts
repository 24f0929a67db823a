/** Versions with what a person needs to choose among them, as their contracts say it. */
import type { VersionAnswer } from '#lib/contracts/models.ts'
import type { Answers, Data } from '../data.ts'
import type { Version } from '../values.ts'
import { pageOf } from './page.ts'

export const modelAnswers = ({ classifiers, versions, promotions }: Pick<Data, 'classifiers' | 'versions' | 'promotions'>): Pick<Answers, 'listModels' | 'getModel'> => ({
  async listModels({ classifier, cursor, limit }) {
    const { id } = await classifiers.chosen(classifier)
    const before = cursor === undefined ? Infinity : Number(cursor)
    const history = await promotions.history(id)
    const page = pageOf((await versions.list(id)).filter((version) => version.number < before), limit, (version) => String(version.number))
    return { models: page.rows.map((version) => answerOf(version, history)), next_cursor: page.next }
  },
  async getModel({ id }) {
    const version = await versions.get(id)
    return { ...answerOf(version, await promotions.history(version.classifierId)), card: version.card }
  },
})

const answerOf = (version: Version, history: readonly { readonly versionId: string }[]): VersionAnswer => ({
  id: version.id,
  classifier: version.classifierId,
  version: version.name,
  is_champion: history.at(-1)?.versionId === version.id,
  is_shipped: version.isShipped,
  was_champion: history.some((promotion) => promotion.versionId === version.id),
  parent: version.parent,
  run_id: version.runId,
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
