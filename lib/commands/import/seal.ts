/** Seals an imported network as a bundle, with the engine that this machine has. */
import { availableParallelism, cpus } from 'node:os'
import { openEngine } from '#lib/engines/open-engine.ts'
import { VERSION } from '#lib/processes/settings.ts'
import { saveImported, type ModelImport } from '#lib/training/import/import-model.ts'

export async function sealed(importing: Omit<ModelImport, 'codeVersion' | 'machine'>): Promise<void> {
  await using engine = await openEngine('auto', 'inference')
  await saveImported(
    {
      ...importing,
      codeVersion: VERSION,
      machine: `${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores`,
    },
    { engine, now: () => new Date() },
  )
}
