/** For tests: prediction jobs on a real database and real files, with an engine whose logits follow from the first byte
 *  of an image. */
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { Caller, Part } from '#lib/contracts/contract.ts'
import { openWithFruit } from '#lib/data/opened.fakes.ts'
import { registerVersion } from '#lib/data/versions/sealed.fakes.ts'
import type { InferredImage } from '#lib/contracts/ipc.ts'
import { createPredictionJobCases } from './cases.ts'
import { createRunPredictionJob, type RunPredictionJobParts } from './run-job.ts'

const LIMITS = { maxImageBytes: 1_000, maxUploadBytes: 100_000 }
export const ADA: Caller = { kind: 'person', id: 'ada', name: 'Ada', scopes: ['predict'] }
export const BEN: Caller = { kind: 'person', id: 'ben', name: 'Ben', scopes: ['predict'] }
export const ADMIN: Caller = { kind: 'person', id: 'root', name: 'Root', scopes: ['predict', 'admin'] }
export const ANONYMOUS: Caller = { kind: 'anonymous', id: null, name: null, scopes: [] }
export const DAY_MS = 86_400_000

export async function opened({ anonymousBytes = 1e9 } = {}) {
  const { data, folder, clock } = await openWithFruit()
  const version = await registerVersion(data)
  await data.promotions.promote({ versionId: version.id, by: 'test', reason: null })
  const cases = createPredictionJobCases({
    data,
    read: data.queries.getPredictionJob,
    precisionOf: () => 'float32',
    dataDir: folder,
    limits: LIMITS,
    anonymousBytes,
    pseudonymOf: (address) => `hash of ${address}`,
    now: clock.now,
  })
  const send = (parts: readonly Part[], caller: Caller = ADA, address = '192.0.2.1') =>
    cases.createPredictionJob(
      {
        top_k: 2,
        parts: (async function* () {
          yield* parts
        })(),
      },
      { caller, address },
    )
  return { data, folder, clock, cases, send, version }
}

/** Its first byte is the class, with logit 5; a first byte of 9 cannot be read. */
const outputOf = (bytes: Uint8Array): InferredImage => {
  if (bytes[0] === 9)
    return {
      ok: false,
      failure: { code: 'corrupt_image', summary: 'Unreadable', reason: 'test', action: 'None.' },
    }
  const logits = new Float32Array(3)
  logits[bytes[0]!] = 5
  return { ok: true, logits, features: null, distance: null, problem: null, width: 4, height: 3, decodeMs: 0 }
}

export type ProgramFixture = Awaited<ReturnType<typeof opened>>
/** @param onBatch awaited before the batch is computed */
export function worker(
  { data, folder, clock }: ProgramFixture,
  onBatch: (batch: number) => void | Promise<void> = () => {},
) {
  const seen: number[] = []
  let batches = 0
  const parts: RunPredictionJobParts = {
    data,
    dataDir: folder,
    limits: LIMITS,
    now: clock.now,
    maxPixels: () => 1e6,
    prepare: async (bytes) => bytes,
    openInference: () => ({
      load: async () => {},
      infer: async (_version, images) => {
        clock.advance(2_000) // so that each batch is stored at once
        await onBatch(++batches)
        return {
          images: images.map((image) => {
            const bytes = image as Uint8Array // `prepare` returns bytes
            seen.push(bytes[1]!)
            return outputOf(bytes)
          }),
          inferenceMs: 1,
          engine: 'onnx',
        }
      },
      [Symbol.asyncDispose]: async () => {},
    }),
  }
  return { run: createRunPredictionJob(parts), seen }
}

export const file = (filename: string, bytes: Uint8Array): Part => ({
  kind: 'file',
  name: 'files',
  filename,
  bytes: (async function* () {
    yield bytes
  })(),
})
/** `count` images of class `i % 3`, named by their number. */
export const zipOf = (count: number): Part =>
  file(
    'shelf.zip',
    zipFile(
      Array.from({ length: count }, (_, i) => ({
        name: `images/${i}.png`,
        content: Uint8Array.of(i % 3, i),
        method: 0,
      })),
    ),
  )

export async function textOf(
  { data }: ProgramFixture,
  id: string,
  format: 'csv' | 'jsonl',
  caller = ADA,
): Promise<string> {
  const { bytes } = await data.queries.predictionJobResults({ id, format }, { caller })
  const pieces: Uint8Array[] = []
  for await (const piece of bytes as AsyncIterable<Uint8Array>) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
export const linesOf = async (program: ProgramFixture, id: string) =>
  (await textOf(program, id, 'jsonl'))
    .trimEnd()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          index: number
          filename: string
          success: boolean
          predicted_class?: string
          code?: string
          top_k?: unknown[]
        },
    )
export const never = () => new AbortController().signal
