/** The last layer of a version trained again by folds on its own images, inside a training child: what heads answer for
 *  images that they were trained without, for comparisons, and for the robustness of the version. No version is
 *  saved. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { firstOfGroups } from '#lib/domain/grouping/groups.ts'
import { readImages } from './data/read-images.ts'
import type { CrossValidationResult, TrainingMaterial } from './learn/material.ts'
import { prepareTraining } from './learn/prepare-training.ts'
import { trainNetwork } from './learn/train-network.ts'
import { writeJson } from './plan.ts'
import type { RunPorts } from './ports.ts'
import { outOfFoldFile } from './seal/answers-files.ts'
import { robustnessByFolds } from './seal/robustness-by-folds.ts'
import { startingNetwork } from './start/starting-network.ts'

export const refitFile = (folder: string): string => join(folder, 'folds.json')
export const robustnessFile = (folder: string): string => join(folder, 'robustness.json')

/** Writes `folds.json` into the plan's folder for output. */
export async function refitByFolds(folder: string, planned: RunPlan, ports: RunPorts): Promise<void> {
  await withFolds(folder, planned, ports, async ({ training }, crossValidation, plan) =>
    writeJson(
      refitFile(plan.out),
      outOfFoldFile(training, crossValidation, firstOfGroups(crossValidation.groups)),
    ),
  )
}

const KEY = 'disturbed'

/** Writes `robustness.json` into the plan's folder for output: null where no image can be left out. */
export async function measureRobustnessByFolds(
  folder: string,
  planned: RunPlan,
  ports: RunPorts,
): Promise<void> {
  const { engine, signal } = ports
  await withFolds(folder, planned, ports, async (material, crossValidation, { spec, classes, out }) => {
    await engine.load(KEY, material)
    try {
      const loaded = { engine, key: KEY, spec, classes: classes.length, onProgress: () => undefined, signal }
      await writeJson(
        robustnessFile(out),
        await robustnessByFolds(material.training, crossValidation, loaded),
      )
    } finally {
      await engine.unload(KEY)
    }
  })
}

async function withFolds(
  folder: string,
  planned: RunPlan,
  ports: RunPorts,
  use: (material: TrainingMaterial, crossValidation: CrossValidationResult, plan: RunPlan) => Promise<void>,
): Promise<void> {
  using read = await readImages(folder, planned, ports)
  const { plan, images } = read
  const start = await startingNetwork(plan, images.training)
  await using prepared = await prepareTraining({ folder, plan, images, start }, ports)
  const trained = await trainNetwork(prepared, ports)
  ports.signal.throwIfAborted()
  if (trained === 'cancelled' || !trained.crossValidation)
    throw new Error('a version is refitted only by its last layer and by folds')
  await mkdir(plan.out, { recursive: true })
  await use(prepared.material, trained.crossValidation, plan)
}
