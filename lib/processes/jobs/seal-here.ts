/** Seals a foreign network in this process, with the engine that this machine serves with. */
import type { ImportProgress } from '#lib/contracts/imports.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { sealNetwork, type NetworkSealing, type SealedNetwork } from '#lib/training/import/seal-network.ts'

const KEY = 'imported'

export async function sealHere(
  sealing: NetworkSealing,
  onProgress: (progress: ImportProgress) => void,
): Promise<SealedNetwork> {
  await using engine = await openEngine('auto', 'inference')
  return sealNetwork(sealing, {
    engine,
    now: () => new Date(),
    onProgress,
    async prove(folder) {
      await using serving = await openEngine('auto', 'inference', { threads: 1 })
      await loadedModels(serving)
        .load({ key: KEY, folder })
        .catch((cause: unknown) => {
          throw new DarkroomError(
            'bad_bundle',
            {
              what: 'Nothing was imported',
              why: isDarkroomError(cause) ? cause.why : String(cause),
              remedy: 'Import it again from an intact file.',
            },
            { cause },
          )
        })
    },
  })
}
