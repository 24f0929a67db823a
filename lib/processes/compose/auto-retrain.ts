/** Composes automatic retraining: the same for the pages that show it and for the worker that does it. */
import { statfs } from 'node:fs/promises'
import type { Data } from '#lib/data/data.ts'
import { stateOf } from '#lib/operations/disk.ts'
import { autoRetrainNow } from '#lib/operations/owner-settings.ts'
import type { AutoRetrainParts } from '#lib/training/retrain/auto-retrain.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import type { Start } from '../settings.ts'

export const autoRetrainParts = (start: Start, data: OpenData): AutoRetrainParts => ({
  data,
  settings: () => autoRetrainNow({ ...start, data }),
  async plan(classifier, recipe) {
    const { planRetrain } = await import('#lib/training/retrain/retrain.ts')
    const { availableBackbones } = await import('#lib/training/run/start/backbones.ts')
    return planRetrain(
      { classifier, recipe, force: false },
      {
        data,
        defaultEpochs: start.settings.DEFAULT_EPOCHS,
        candidates: (input) => availableBackbones(start.places, input, start.settings.BACKBONE),
      },
    )
  },
  hindrance: async () => storageHindrance(data, start.places.dataDir),
  now: () => new Date(),
})

/** A run writes a version and its features: not on a disk where users' images may soon find no space. */
async function storageHindrance(
  { writingState }: Pick<Data, 'writingState'>,
  dataDir: string,
): Promise<string | null> {
  if (writingState().diskFullMsAgo !== null) return 'the disk that holds DATA_DIR is full'
  return stateOf('DATA_DIR', await statfs(dataDir)).level === 'enough'
    ? null
    : 'the disk that holds DATA_DIR is nearly full'
}
