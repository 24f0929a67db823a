/**
 * A data folder as of an installation that has drawn its first images, but fewer: tests that start many
 * products start them from copies of one. Drawing all 3,600 takes longer than everything else in a start, and
 * training on them takes longer than training on these.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ShapeCounts } from '#lib/ingest/readers/shapes.ts'
import { openData } from '#lib/queries/open-data.ts'
import { drawFirstImages } from '../start/seed-images.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
/** Of each class. A test set of 240 images is enough to tell a better version from a worse one. */
const FEW: ShapeCounts = { train: 60, test: 40 }
const MAX_PIXELS = 1e6

let drawing: Promise<string> | undefined

/** The folder, filled at the first call and removed when this process ends. No product may use it itself. */
export const drawnData = (): Promise<string> => (drawing ??= draw())

async function draw(): Promise<string> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-drawn-'))
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  const data = await openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: path.join(ROOT, 'models'),
    clock: { now: () => Date.now() },
  })
  try {
    await data.syncShipped()
    const { signal } = new AbortController()
    await drawFirstImages(data, { maxPixels: MAX_PIXELS, log: () => {}, signal, counts: FEW })
  } finally {
    await data.close()
  }
  return dataDir
}

export const copyData = (from: string, to: string): void => cpSync(from, to, { recursive: true })
