/** The files in a run's folder that define it: `plan.json` and `samples.json`. Their schemas are in
 *  lib/contracts/training-plan.ts; their content is decided by lib/training/retrain or the command. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseStored, parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import {
  plannedEntries,
  retrainDraft,
  runPlan,
  type RetrainDraft,
  type RunPlan,
} from '#lib/contracts/training-plan.ts'
import { retrainDraft1, runPlan1 } from '#lib/contracts/training-plan-1.ts'
import type { PackEntry } from './data/pack.ts'
import { replaceFile } from './replace-file.ts'

export const planFile = (folder: string): string => join(folder, 'plan.json')
const samplesFile = (folder: string): string => join(folder, 'samples.json')

export const START_AGAIN = 'Start a new training run.'

const PLAN: StoredFormats<RunPlan> = {
  what: 'The plan of this training run',
  action: START_AGAIN,
  formats: { 1: runPlan1, 2: runPlan },
}
const DRAFT: StoredFormats<RetrainDraft> = {
  what: 'The draft of this training run',
  action: START_AGAIN,
  formats: { 1: retrainDraft1, 2: retrainDraft },
}
const SAMPLES: StoredFormats<readonly PackEntry[]> = {
  what: 'The list of images of this training run',
  action: START_AGAIN,
  formats: { 1: plannedEntries },
}

/** Writes the folder of a run whose images are stored on this machine. */
export async function writeRun(
  folder: string,
  plan: RunPlan,
  entries: readonly PlannedEntry[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeSamples(folder, entries)
  await writePlan(folder, plan)
}

export const writePlan = (folder: string, plan: RunPlan): Promise<void> => writeJson(planFile(folder), plan)

export const writeSamples = (folder: string, entries: readonly PlannedEntry[]): Promise<void> =>
  writeJson(samplesFile(folder), trainable(entries))

type PlannedEntry = Omit<PackEntry, 'split'> & { readonly split: PackEntry['split'] | null }

/** As a run reads them: images without a split train. */
export const trainable = (entries: readonly PlannedEntry[]): readonly PackEntry[] =>
  entries.map((entry) => ({ ...entry, split: entry.split ?? 'train' }))

export const writeJson = (file: string, value: unknown): Promise<void> =>
  replaceFile(file, [Buffer.from(JSON.stringify(value, null, 1))])

export const readRunPlan = async (folder: string): Promise<RunPlan> =>
  parseStoredText(await readFile(planFile(folder), 'utf8'), PLAN)

export const readSamples = async (folder: string): Promise<readonly PackEntry[]> =>
  parseStoredText(await readFile(samplesFile(folder), 'utf8'), SAMPLES)

/** @param value JSON of a row. */
export const parseDraft = (value: unknown): RetrainDraft => parseStored(value, DRAFT)
