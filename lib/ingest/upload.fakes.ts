/** An ingest with its own database for each test, and uploads to send to it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { upload, type UploadReport } from '#lib/contracts/uploads.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import { openData } from '#lib/queries/open-data.ts'
import { openProgram } from '#lib/http/program.fakes.ts'
import { serve } from '#lib/http/serve.ts'
import { decodeSized } from '#lib/images/decode.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { groupImages } from './group-images.ts'
import { searchHere } from './link-search.ts'
import { createIngest, type Ingest } from './upload.ts'

const LIMITS = { maxImageBytes: 50_000, maxUploadBytes: 3_000_000 }
export const sizeOf = (bytes: Uint8Array) => decodeSized(bytes, { maxPixels: 1e6 })
let folder: string
export let data: OpenData
export let ingest: Ingest
export let logged: string[]

export function ingestForEachTest(): void {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'darkroom-ingest-'))
    data = await openData({
      databaseFile: join(folder, 'darkroom.db'),
      dataDir: folder,
      modelsDir: join(folder, 'models'),
      clock: { now: Date.now },
    })
    await data.classifiers.create({
      id: 'pets',
      title: 'Pets',
      classes: ['cat', 'dog'],
      input: { size: 32, channels: 3, fit: 'cover' },
      isMirrorable: true,
    })
    logged = []
    ingest = ingestOfProcess()
  })
  afterEach(async () => {
    await ingest[Symbol.asyncDispose]()
    await data.close()
    rmSync(folder, { recursive: true })
  })
}

/** As each web process has its own, on the same rows and folder. */
export const ingestOfProcess = (): Ingest =>
  createIngest({
    ...data,
    sizeOf,
    groupImages: (classifierId, signal) =>
      groupImages(classifierId, { ...data, sizeOf, openSearch: () => searchHere(signal) }, signal),
    folder: arrivals(),
    limits: LIMITS,
    log: (_level, message) => void logged.push(message),
  })

export const arrivals = (): string => join(folder, 'arrivals')

/** A small image, different for each number. */
export const image = (n: number, side = 12): Uint8Array =>
  encodePng({
    width: side,
    height: side,
    data: Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * (n + 3) + n) % 256),
  })
export const text = (words: string): Uint8Array => new TextEncoder().encode(words)

export type FormFields = readonly (readonly [name: string, value: string | Uint8Array, filename?: string])[]

/** Calls the route itself: a form, its parsing, the use case, the database. */
export async function send(
  parts: FormFields,
  query = '?classifier=pets',
  signal?: AbortSignal,
): Promise<{ status: number; body: UploadReport & { code?: string; detail?: string } }> {
  openProgram({ settings: { maxUploadBytes: LIMITS.maxUploadBytes } })
  const form = new FormData()
  for (const [name, value, filename] of parts) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, new Blob([new Uint8Array(value)]), filename ?? 'x.png')
  }
  const route = serve(upload, (input, context) => ingest.upload(input, context))
  const response = await route(
    new Request(`http://darkroom.test/api/upload${query}`, {
      method: 'POST',
      body: form,
      headers: { authorization: 'Bearer admin' },
      ...(signal && { signal }),
    }),
  )
  return { status: response.status, body: (await response.json()) as UploadReport }
}

export const samples = async (classifier = 'pets'): Promise<string[]> =>
  (await data.samples.all(classifier)).map((s) => `${s.label} ${s.filename}`)
export const kinds = (report: UploadReport): string[] => report.findings.map((f) => `${f.kind} ${f.filename}`)
export const leftOver = (): string[] => {
  try {
    return readdirSync(arrivals())
  } catch {
    return []
  }
}
