/**
 * Forks the training child of the worker, as lib/training expects it. It executes one run and is not
 * restarted.
 */
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import type { ForkTraining } from '#lib/training/ports.ts'
import { engineEnvironment, inheritedFlags } from '../start/environment.ts'

const ENTRY = path.join(import.meta.dirname, '../training.ts')

/** @param dataDir where the speed of the engines is remembered; absent: it is not measured */
export const forkTrainingWith =
  (onLine: (line: string) => void, dataDir?: string): ForkTraining =>
  (engine, purpose) =>
    forkChild({
      entry: ENTRY,
      args: [engine, purpose, ...(dataDir ? [path.join(dataDir, 'cache', 'training-engine.json')] : [])],
      env: engineEnvironment(availableParallelism()),
      flags: inheritedFlags(),
      onLine,
    })
