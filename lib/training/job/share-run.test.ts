import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { SharedFolders } from '#lib/data/objects/shared-folders.ts'
import { finetune } from '#lib/ml/recipes/finetune.ts'
import { checkpointFile } from '../run/checkpoint.ts'
import { planIn } from '../run/plan.fakes.ts'
import { readRunPlan, writeRun } from '../run/plan.ts'
import { preprocessFor } from '../shipped/shipped.ts'
import { provideRun, provideStart, publishingRun } from './share-run.ts'

/** Hosts that share a folder in the place of an object store, whose own tests are in lib/data/objects. */
function hosts() {
  const made = mkdtempSync(join(tmpdir(), 'darkroom-shared-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  const copy = (from: string, to: string): void => {
    if (existsSync(from)) cpSync(from, to, { recursive: true })
  }
  return (name: string) => {
    const dataDir = join(made, name)
    mkdirSync(dataDir)
    const stored = (folder: string): string => join(made, 'store', relative(dataDir, folder))
    const folders: SharedFolders = {
      publish: async (folder) => copy(folder, stored(folder)),
      provide: async (folder) => copy(stored(folder), folder),
      provideAll: async (folder) => copy(stored(folder), folder),
      discard: async (folder) => rmSync(stored(folder), { recursive: true, force: true }),
    }
    return { dataDir, data: { folders }, run: join(dataDir, 'runs', 'r') }
  }
}

const planAt = (dataDir: string) =>
  planIn(dataDir, {
    classes: ['apple', 'lime'],
    recipe: { kind: 'finetune', name: 'finetune', settings: finetune.settings },
    spec: preprocessFor({ size: 32, channels: 3, fit: 'cover' }),
    samples: { kind: 'kept', databaseFile: join(dataDir, 'darkroom.db'), dataDir, testOpened: 1 },
    start: { kind: 'version', version: 'v1', folder: join(dataDir, 'models', 'fruit', 'v1') },
  })

test('another host continues from the last published checkpoint, with its own folders in the plan', async () => {
  const host = hosts()
  const [lost, other] = [host('lost'), host('other')]
  const version = join(lost.dataDir, 'models', 'fruit', 'v1')
  mkdirSync(version, { recursive: true })
  writeFileSync(join(version, 'manifest.json'), '{}')
  await lost.data.folders.publish(version)

  await writeRun(lost.run, planAt(lost.dataDir), [])
  await publishingRun(lost.run, { data: lost.data, onFailure: () => {} }, async () => {
    writeFileSync(checkpointFile(lost.run), 'epoch 3')
  })
  rmSync(lost.dataDir, { recursive: true })

  await provideRun(other.run, other)
  const plan = await readRunPlan(other.run)
  await provideStart(plan, other)
  expect(plan).toEqual(planAt(other.dataDir))
  expect(existsSync(checkpointFile(other.run))).toBe(true)
  expect(existsSync(join(other.dataDir, 'models', 'fruit', 'v1', 'manifest.json'))).toBe(true)
})

test('a store that fails is reported once, and the run goes on', async () => {
  const { run, data } = hosts()('alone')
  mkdirSync(run, { recursive: true })
  const failures: unknown[] = []
  const failing = { folders: { ...data.folders, publish: () => Promise.reject(new Error('down')) } }

  const answer = await publishingRun(
    run,
    { data: failing, onFailure: (error) => failures.push(error) },
    async () => 'done',
  )

  expect(answer).toBe('done')
  expect(failures).toHaveLength(1)
})
