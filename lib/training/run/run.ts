/** One run inside the training child, stage by stage: from its plan to a saved version, or to a checkpoint from
 *  which it can be resumed. It opens no database and forks nothing; ports connect it with the outside. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { readImages } from './data/read-images.ts'
import { prepareTraining } from './learn/prepare-training.ts'
import { trainNetwork } from './learn/train-network.ts'
import type { RunPorts } from './ports.ts'
import { evaluateTrained } from './seal/evaluate-trained.ts'
import { saveVersion } from './seal/save-version.ts'
import { timed } from './progress.ts'
import { startingNetwork } from './start/starting-network.ts'

export async function runTraining(folder: string, planned: RunPlan, ports: RunPorts): Promise<void> {
  using read = await readImages(folder, planned, ports)
  const { plan, images } = read
  const start = await startingNetwork(plan, images.training)
  await using prepared = await prepareTraining({ folder, plan, images, start }, ports)
  const trained = await trainNetwork(prepared, ports)
  if (trained === 'cancelled') return ports.report({ kind: 'cancelled' })
  const evaluated = await timed('evaluation', ports, () => evaluateTrained({ plan, images, trained }, ports))
  await timed('sealing', ports, () => saveVersion({ plan, images, trained, evaluated }, ports))
  ports.report({ kind: 'sealed', folder: plan.out })
}
