/** The first stages of a run alone, inside a training child: images are decoded and features computed and stored, so
 *  that a later run of the same images finds them. It trains nothing. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { readImages } from './data/read-images.ts'
import { prepareTraining } from './learn/prepare-training.ts'
import type { RunPorts } from './ports.ts'
import { startingNetwork } from './start/starting-network.ts'

export async function computeFeatures(folder: string, planned: RunPlan, ports: RunPorts): Promise<void> {
  using read = await readImages(folder, planned, ports)
  const { plan, images } = read
  const start = await startingNetwork(plan, images.training)
  await using _prepared = await prepareTraining({ folder, plan, images, start }, ports)
}
