/** The network that BACKBONE names is installed by a job (backbone-job.ts). */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Data } from '#lib/data/data.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import { isInCatalogue } from '#lib/training/pretrained/catalogue.ts'
import type { Places } from '../settings.ts'

/** Enqueues the download of the network that BACKBONE names, where it is not installed. */
export async function queueNamedNetwork(
  jobs: Pick<Data['jobs'], 'enqueue' | 'latest'>,
  places: Places,
  setting: string,
): Promise<void> {
  if (!isInCatalogue(setting)) return
  if (existsSync(path.join(places.dataDir, BODIES_FOLDER, setting, 'v1', 'manifest.json'))) return
  const job = await jobs.latest('backbone')
  if (job?.state !== 'queued' && job?.state !== 'running')
    await jobs.enqueue('backbone', { network: setting }, Date.now())
}
