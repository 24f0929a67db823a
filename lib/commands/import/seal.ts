/** Seals an imported network as a bundle, with the engine that this machine has. */
import { openEngine } from '#lib/engines/open-engine.ts'
import { VERSION } from '#lib/processes/settings.ts'
import { saveImported, type ModelImport } from '#lib/training/import/import-model.ts'
import { machineName } from '../terminal/machine-name.ts'

export async function sealed(importing: Omit<ModelImport, 'codeVersion' | 'machine'>): Promise<void> {
  await using engine = await openEngine('auto', 'inference')
  await saveImported(
    {
      ...importing,
      codeVersion: VERSION,
      machine: machineName(),
    },
    { engine, now: () => new Date() },
  )
}
