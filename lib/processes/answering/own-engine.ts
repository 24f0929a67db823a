/** Opens the engine of a process that computes predictions, on one thread: the processes use the cores. */
import type { Settings } from '#lib/contracts/settings.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import type { OpenedEngine } from '#lib/serving/own-engine.ts'

export async function openOwnEngine({
  INFERENCE_ENGINE: requested,
  PRECISION: precision,
}: Pick<Settings, 'INFERENCE_ENGINE' | 'PRECISION'>): Promise<OpenedEngine> {
  const engine = await openEngine(requested, 'inference', { threads: 1 })
  return { name: engine.name, models: loadedModels(engine, precision) }
}
