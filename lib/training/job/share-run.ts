/**
 * The folder of a run for other hosts: where hosts share their files in an object store, another worker continues from
 * the checkpoint that was published last. Elsewhere nothing is copied.
 */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Data } from '#lib/data/data.ts'
import { locatedPaths, portablePaths } from '#lib/domain/text/portable-paths.ts'
import { checkpointFile } from '../run/checkpoint.ts'
import { planFile, readRunPlan, writeJson } from '../run/plan.ts'

/** A lost host costs at most this much of a training run. */
const PUBLISH_EVERY_MS = 30_000
/** Folders of DATA_DIR that a plan names and every host may need. */
const SHARED = /\/(?:models|bodies)\/[^/]+(?:\/v\d+)?$/

type Folders = { readonly data: Pick<Data, 'folders'>; readonly dataDir: string }

/** The plan and the checkpoint that another host published, with the paths of this one. */
export async function provideRun(folder: string, { data, dataDir }: Folders): Promise<void> {
  if (existsSync(planFile(folder))) return
  await data.folders.provide(folder)
  if (!existsSync(planFile(folder))) return
  const plan = await readRunPlan(folder)
  if (plan.samples.kind !== 'kept' || plan.samples.dataDir === dataDir) return
  await writeJson(planFile(folder), locatedPaths(portablePaths(plan, plan.samples.dataDir), dataDir))
}

/** Versions and pretrained networks from which the run starts. */
export async function provideStart(plan: unknown, { data, dataDir }: Folders): Promise<void> {
  const named = new Set<string>()
  JSON.stringify(plan, (_key, value: unknown) => {
    if (typeof value === 'string' && value.startsWith(`${dataDir}/`) && SHARED.test(value)) named.add(value)
    return value
  })
  for (const folder of named) if (!existsSync(folder)) await data.folders.provide(folder)
}

/** Publishes the folder now, and during `work` whenever there is a new checkpoint. A failure is reported once and does
 *  not end the run. */
export async function publishingRun<T>(
  folder: string,
  { data, onFailure }: Pick<Folders, 'data'> & { readonly onFailure: (error: unknown) => void },
  work: () => Promise<T>,
): Promise<T> {
  let published = -1
  let isFailing = false
  let publishing: Promise<void> = Promise.resolve()
  const publish = async (): Promise<void> => {
    const written = (await stat(checkpointFile(folder)).catch(() => null))?.mtimeMs ?? 0
    if (written === published) return
    try {
      await data.folders.publish(folder)
      published = written
      isFailing = false
    } catch (error) {
      if (!isFailing) onFailure(error)
      isFailing = true
    }
  }
  const inTurn = (): void => {
    publishing = publishing.then(publish)
  }
  inTurn()
  const timer = setInterval(inTurn, PUBLISH_EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    inTurn()
    await publishing
  }
}
