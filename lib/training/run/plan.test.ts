import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { DISTILLATION } from '#lib/ml/recipes/distil.ts'
import { finetune } from '#lib/ml/recipes/finetune.ts'
import { head } from '#lib/ml/recipes/head.ts'
import { scratchSmall } from '#lib/ml/recipes/scratch-small.ts'
import { transferWhole } from '#lib/ml/recipes/transfer-whole.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { parseDraft, planFile, readRunPlan, writeJson } from './plan.ts'

const spec = preprocessFor({ size: 32, channels: 3, fit: 'cover' })
const base = { version: 'v3', folder: '/models/fruit/v3' }
const network = { name: 'the backbone', folder: '/models/backbone/v1' }
const shared = {
  runId: 'r',
  classifier: { id: 'fruit', title: 'Fruit', isMirrorable: true },
  classes: ['apple', 'lime'],
  version: 'v4',
  spec,
  seed: 4,
  engine: 'auto',
  samples: { kind: 'kept', databaseFile: '/d/db', dataDir: '/d', testOpened: 2 },
  packs: '/d/cache/packs',
  out: '/d/models/fruit/v4',
  memoryMb: 1024,
  maxPixels: 1e6,
  dataName: 'fruit',
  command: 'retrain',
  codeVersion: '1',
  notes: [],
}
/** A plan in format 1. */
const before = (change: object) => ({
  ...shared,
  base: null,
  body: null,
  bodies: [],
  recipe: { name: 'scratch-small', settings: scratchSmall.settings },
  teacher: null,
  ...change,
})

async function stored(plan: unknown): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-plan-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  await writeJson(planFile(folder), plan)
  return folder
}

test('a plan is read back as it was written', async () => {
  const plan = {
    ...shared,
    format: 2,
    recipe: { kind: 'finetune', name: 'finetune', settings: finetune.settings },
    start: { kind: 'version', ...base },
    teaching: { kind: 'teacher', folder: base.folder, share: 0.3, rehearsal: 100 },
  }

  expect(await readRunPlan(await stored(plan))).toEqual(plan)
})

test.each<[string, object, Partial<RunPlan>]>([
  [
    'from random weights',
    before({}),
    {
      recipe: { kind: 'scratch', name: 'scratch-small', settings: scratchSmall.settings },
      start: { kind: 'random' },
      teaching: { kind: 'none' },
    },
  ],
  [
    'that fine-tunes a version without its images',
    before({
      base,
      recipe: { name: 'finetune', settings: finetune.settings },
      teacher: { share: 0.3, rehearsal: 100 },
    }),
    {
      recipe: { kind: 'finetune', name: 'finetune', settings: finetune.settings },
      start: { kind: 'version', ...base },
      teaching: { kind: 'teacher', folder: base.folder, share: 0.3, rehearsal: 100 },
    },
  ],
  [
    'of a last layer on a network that it has still to choose',
    before({ bodies: [{ ...network, spec }], recipe: { name: 'head', settings: head.settings } }),
    {
      recipe: { kind: 'head', name: 'head', settings: head.settings },
      start: { kind: 'choose-network', candidates: [{ ...network, spec }] },
      teaching: { kind: 'none' },
    },
  ],
  [
    'of another network, with teachers',
    before({
      body: network,
      recipe: {
        name: 'transfer-whole',
        settings: { ...transferWhole.settings, distil: DISTILLATION },
      },
      teachers: ['/models/other/v1'],
    }),
    {
      start: { kind: 'network', ...network },
      teaching: { kind: 'distil', folders: ['/models/other/v1'], ...DISTILLATION },
    },
  ],
])('a plan of format 1 %s has the same meaning', async (_story, plan, expected) => {
  expect(await readRunPlan(await stored(plan))).toMatchObject({ ...shared, format: 2, ...expected })
})

test('a draft of format 1 has the same meaning', () => {
  const draft = {
    classes: ['apple', 'lime'],
    spec,
    notes: [],
    unseen: ['a'.repeat(64)],
    recipe: { name: 'head', settings: head.settings },
    bodies: [],
    base: { id: 'id', ...base },
    teacher: null,
  }

  expect(parseDraft(draft)).toEqual({
    format: 2,
    classes: ['apple', 'lime'],
    spec,
    notes: [],
    unseen: ['a'.repeat(64)],
    recipe: { kind: 'head', name: 'head', settings: head.settings },
    start: { kind: 'version', ...base },
    teaching: { kind: 'none' },
  })
})

test('a plan of a newer format is refused with both formats and the action to take', async () => {
  const folder = await stored({ ...shared, format: 3 })

  await expect(readRunPlan(folder)).rejects.toMatchObject({
    code: 'bad_data_file',
    message:
      'The plan of this training run cannot be read: it has format 3, and this version of Darkroom reads ' +
      'format 1 and 2. Start a new training run.',
  })
})

test('a plan with an unknown setting, or a truncated one, is refused', async () => {
  const unknown = await stored(
    before({ recipe: { name: 'scratch-small', settings: { ...scratchSmall.settings, warp: 9 } } }),
  )
  const cut = await stored({})
  writeFileSync(planFile(cut), '{"runId":')

  await expect(readRunPlan(unknown)).rejects.toThrow(/cannot be read: it is damaged: .*\. Start a new/)
  await expect(readRunPlan(cut)).rejects.toThrow(/cannot be read: it is damaged/)
})
