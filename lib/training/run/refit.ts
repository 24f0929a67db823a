/** The last layer of a version trained again by folds on its own images, inside a training child: answers of each image
 *  by heads that were trained without it, for comparisons. No version is saved. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { firstOfGroups } from '#lib/domain/groups.ts'
import { readImages } from './data/read-images.ts'
import { prepareTraining } from './learn/prepare-training.ts'
import { trainNetwork } from './learn/train-network.ts'
import { writeJson } from './plan.ts'
import type { RunPorts } from './ports.ts'
import { outOfFoldFile } from './seal/out-of-fold-file.ts'
import { startingNetwork } from './start/starting-network.ts'

export const refitFile = (folder: string): string => join(folder, 'folds.json')

/** Writes `folds.json` into the plan's folder for output. */
export async function refitByFolds(folder: string, planned: RunPlan, ports: RunPorts): Promise<void> {
  using read = await readImages(folder, planned, ports)
  const { plan, images } = read
  const start = await startingNetwork(plan, images.training)
  await using prepared = await prepareTraining({ folder, plan, images, start }, ports)
  const trained = await trainNetwork(prepared, ports)
  ports.signal.throwIfAborted()
  if (trained === 'cancelled' || !trained.crossValidation)
    throw new Error('a version is refitted only by its last layer and by folds')
  const { crossValidation } = trained
  await mkdir(plan.out, { recursive: true })
  await writeJson(
    refitFile(plan.out),
    outOfFoldFile(images.training, crossValidation, firstOfGroups(crossValidation.groups)),
  )
}
