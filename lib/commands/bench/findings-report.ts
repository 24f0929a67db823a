/** How long the report of a classifier takes and how much memory: real images without figures are stored in a new data
 *  folder, and checked in a process of its own (report-process.ts). */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { heapEnvironment, heapFlags } from '#lib/operations/memory-limits.ts'
import { openData, type OpenData } from '#lib/queries/open-data.ts'

export const CLASSIFIER = 'bench'
const SAMPLES_AT_ONCE = 250
const USUAL_MB = 8_192

type ReportBenchmark = {
  readonly from: readonly string[]
  readonly images: number
  readonly onStep: (text: string) => void
}

export async function measureReport({ from, images, onStep }: ReportBenchmark): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'darkroom-bench-findings-'))
  const data = await openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: path.join(dataDir, 'models'),
    clock: { now: Date.now },
  })
  try {
    const count = await stored(data, { from, images, onStep })
    onStep(`checking ${count} images`)
    return await checkedIn(dataDir)
  } finally {
    await data.close()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function stored(data: OpenData, { from, images, onStep }: ReportBenchmark): Promise<number> {
  const input = { size: 64, channels: 3, fit: 'cover' } as const
  await data.classifiers.create({ id: CLASSIFIER, title: 'Bench', classes: [], input, isMirrorable: true })
  const upload = await data.uploads.begin(CLASSIFIER)
  let count = 0
  for (const one of from) {
    const set = await openDataset('findings', { from: one })
    let batch: { readonly label: string; readonly bytes: Uint8Array }[] = []
    const flush = async (): Promise<void> => {
      await data.classifiers.addClasses(CLASSIFIER, [...new Set(batch.map(({ label }) => label))])
      await data.samples.add(
        CLASSIFIER,
        batch.map(({ label, bytes }) => ({
          image: {
            hash: createHash('sha256').update(bytes).digest('hex'),
            bytes,
            width: 100,
            height: 100,
            mediaType: 'image/jpeg',
          },
          label,
          split: 'train',
          source: 'upload',
          uploadId: upload.id,
          filename: null,
        })),
      )
      batch = []
      onStep(`${count} images stored`)
    }
    for await (const { label, bytes } of set.images) {
      if (count === images) break
      count += 1
      batch.push({ label, bytes })
      if (batch.length === SAMPLES_AT_ONCE) await flush()
    }
    if (batch.length > 0) await flush()
  }
  await data.uploads.change(upload.id, { state: 'done' })
  return count
}

/** In a process with the heap of a worker on a machine of usual size. */
async function checkedIn(dataDir: string): Promise<string> {
  const flags = ['--disable-warning=ExperimentalWarning', ...heapFlags({ MEMORY_MB: USUAL_MB })]
  const child = path.join(import.meta.dirname, 'report-process.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, child, dataDir], {
    env: { ...process.env, ...heapEnvironment() },
  })
  return stdout.trim()
}
