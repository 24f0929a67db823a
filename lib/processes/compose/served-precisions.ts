/** Notes with which precision each version was loaded, and why. Health and the list of versions report it. */
import type { ServedPrecision } from '#lib/contracts/precision.ts'
import type { OpenedEngine, OwnModels } from '#lib/serving/own-engine.ts'

export type ServedPrecisions = {
  /** The same engine; what it loads is noted. */
  readonly noting: (engine: OpenedEngine) => OpenedEngine
  /** Null for a version that is not loaded. */
  readonly of: (key: string) => Pick<ServedPrecision, 'precision' | 'note'> | null
}

export function createServedPrecisions(): ServedPrecisions {
  const loaded = new Map<string, Pick<ServedPrecision, 'precision' | 'note'>>()
  const notingModels = (models: OwnModels): OwnModels => ({
    ...models,
    async load(version) {
      const served = await models.load(version)
      loaded.set(version.key, { precision: served.precision ?? 'float32', note: served.note ?? null })
      return served
    },
    async unload(key) {
      loaded.delete(key)
      await models.unload(key)
    },
  })
  return {
    noting: (engine) => ({ ...engine, models: notingModels(engine.models) }),
    of: (key) => loaded.get(key) ?? null,
  }
}
