/** A folder for each test of the readers, and the options to read from it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Dataset, LabelledImage } from './labelled-image.ts'
import type { Files } from './official.fakes.ts'

export const limits = { maxPixels: 1e6 }
export const REAL = resolve(process.env['DARKROOM_REAL_DATA'] ?? '../shared/data')

export let folder: string
export function folderForEachTest(): void {
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'readers-'))))
  afterEach(() => rm(folder, { recursive: true }))
}

export async function all(dataset: Dataset): Promise<LabelledImage[]> {
  const images: LabelledImage[] = []
  for await (const image of dataset.images) images.push(image)
  return images
}

export async function put(files: Files, into = folder): Promise<string> {
  await mkdir(into, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(into, name), bytes)
  return into
}

export const image = new TextEncoder().encode('any bytes: checked by the decoder')
