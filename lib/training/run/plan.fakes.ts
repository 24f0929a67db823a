/** A plan for tests of runs: the settings with which two classes of drawn images are trained. */
import { join } from 'node:path'
import { PLAN_FORMAT, type RunPlan } from '#lib/contracts/training-plan.ts'

type PlanChoice = Pick<RunPlan, 'classes' | 'start' | 'recipe' | 'spec'>

/** Packs and the version lie below `folder`. */
export const planIn = (folder: string, chosen: PlanChoice & Partial<RunPlan>): RunPlan => ({
  format: PLAN_FORMAT,
  runId: 'r',
  classifier: { id: 'pair', title: 'Pair', isMirrorable: true },
  version: 'v1',
  seed: 1,
  engine: 'auto',
  teaching: { kind: 'none' },
  packs: join(folder, 'cache', 'packs'),
  out: join(folder, 'v1'),
  memoryMb: 1024,
  maxPixels: 1e6,
  samples: { kind: 'dataset', name: 'pair', from: null, downloads: '', mirror: null, counters: '' },
  dataName: 'pair',
  command: 'test',
  codeVersion: 'test',
  notes: [],
  ...chosen,
})
