/** For tests: the real data module on a copy of a migrated file, or of a database of PostgreSQL where TEST_DATABASE is
 *  "postgresql"; with a clock that the test advances. */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished, test } from 'vitest'
import type { Data } from './data.ts'
import type { DataSettings } from './data-settings.ts'
import { migrate } from './database/migrate.ts'
import { createClassEdits } from '#lib/ingest/edit-classes.ts'
import { createClassifierEdits } from '#lib/ingest/edit-classifiers.ts'
import { createSampleEdits } from '#lib/ingest/edit-samples.ts'
import { createPredictionDeletion } from '#lib/operations/delete-predictions.ts'
import { postgresForTest } from './postgres.fakes.ts'
import { openData, type OpenData } from '#lib/queries/open-data.ts'
import { createFeedback } from '#lib/serving/feedback.ts'
import type { NewImage, NewPrediction, NewSample } from './values.ts'

/** A test of the database file itself. */
export const testOnSqlite = test.skipIf(process.env['TEST_DATABASE'] === 'postgresql')

/** A Saturday noon, UTC. */
export const NOON = Date.UTC(2026, 10, 21, 12)

let template: string | undefined

export type DataFixture = {
  readonly data: OpenData
  readonly folder: string
  readonly settings: DataSettings
  readonly clock: { now: () => number; advance: (ms: number) => void }
}

export function folderForTest(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function copyOfTemplate(folder: string): string {
  if (template === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), 'darkroom-template-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
    template = path.join(made, 'darkroom.db')
    migrate(template, NOON)
  }
  const file = path.join(folder, 'darkroom.db')
  copyFileSync(template, file)
  return file
}

export async function openForTest(more: Partial<DataSettings> = {}): Promise<DataFixture> {
  const folder = folderForTest()
  let now = NOON
  const clock = {
    now: () => now,
    advance: (ms: number) => {
      now += ms
    },
  }
  mkdirSync(path.join(folder, 'shipped'), { recursive: true })
  const databaseUrl = await postgresForTest()
  const settings = {
    databaseFile: copyOfTemplate(folder),
    ...(databaseUrl !== null && { databaseUrl }),
    dataDir: folder,
    modelsDir: path.join(folder, 'shipped'),
    clock,
    ...more,
  }
  const data = await openData(settings)
  onTestFinished(() => data.close())
  return { data, folder, settings, clock }
}

/** The use cases that change what the tests of this module read. */
export const editsOf = (data: OpenData) => ({
  ...createClassEdits(data),
  ...createClassifierEdits(data),
  ...createSampleEdits(data),
  ...createPredictionDeletion(data),
  ...createFeedback(data),
})

/** Makes the stored figures of images those of a program from before there were surroundings. */
export function forgetSurroundings(databaseFile: string): void {
  const database = new DatabaseSync(databaseFile)
  database.exec('UPDATE "ImageFigures" SET "surroundingsJson" = NULL')
  database.close()
}

/** SQLite's integrity check of the whole file; `ok` if every page and index is valid. */
export function integrityOf(databaseFile: string): unknown {
  const database = new DatabaseSync(databaseFile, { readOnly: true })
  try {
    return database.prepare('PRAGMA integrity_check').get()?.integrity_check
  } finally {
    database.close()
  }
}

/** With a classifier `fruit` of three classes. */
export async function openWithFruit(more: Partial<DataSettings> = {}): Promise<DataFixture> {
  const opened = await openForTest(more)
  await opened.data.classifiers.create({
    id: 'fruit',
    title: 'Fruit',
    classes: ['apple', 'lime', 'plum'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  return opened
}

export function storedImage(text: string, bytes = 100): NewImage {
  const content = Buffer.alloc(bytes, text)
  return {
    hash: createHash('sha256').update(content).digest('hex'),
    bytes: new Uint8Array(content),
    width: 8,
    height: 8,
    mediaType: 'image/png',
  }
}

export const sampleOf = (text: string, more: Partial<NewSample> = {}): NewSample => ({
  image: storedImage(text),
  label: 'apple',
  split: 'train',
  source: 'upload',
  uploadId: null,
  filename: `${text}.png`,
  ...more,
})

export const predictionOf = (data: Data, more: Partial<NewPrediction> = {}): NewPrediction => ({
  id: data.id(),
  classifierId: 'fruit',
  versionId: '00000000-0000-7000-8000-000000000000',
  version: 'v1',
  engine: 'wasm',
  predictedClass: 'apple',
  predictedIndex: 0,
  confidence: 0.75,
  probabilities: { apple: 0.75, lime: 0.2, plum: 0.05 },
  decision: 'confident',
  candidates: ['apple'],
  familiarity: null,
  filename: 'a.png',
  width: 8,
  height: 8,
  image: null,
  decodeMs: 1,
  queueMs: 0,
  inferenceMs: 2,
  totalMs: 4,
  createdAt: new Date(NOON),
  isAnonymous: false,
  ...more,
})
