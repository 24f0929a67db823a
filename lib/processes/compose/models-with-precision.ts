/** Adds to versions with which precision the live one computes predictions: rows do not know what is loaded. */
import type { ServingState } from '#lib/contracts/ipc.ts'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import type { Queries } from '#lib/queries/queries.ts'

type PrecisionOf = (classifierId: string) => ServingState['precisions'][string] | null

export function modelsWithPrecision(
  { listModels, getModel }: Pick<Queries, 'listModels' | 'getModel'>,
  precisionOf: PrecisionOf,
): Pick<Queries, 'listModels' | 'getModel'> {
  const withPrecision = <V extends VersionAnswer>(version: V): V => {
    const served = version.is_live ? precisionOf(version.classifier) : null
    return served ? { ...version, precision: served.precision, precision_reason: served.reason } : version
  }
  return {
    async listModels(input) {
      const { models, ...rest } = await listModels(input)
      return { ...rest, models: models.map(withPrecision) }
    },
    getModel: async (input) => withPrecision(await getModel(input)),
  }
}
