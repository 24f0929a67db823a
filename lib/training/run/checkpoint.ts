/** Where a training is, kept so that a killed one goes on: the learner's state and its position, in one file.
 *  A half-written one is never read. */
import { open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FlatWeights, LearnerState } from '#lib/ml/learn/learner.ts'
import type { Position } from '#lib/ml/learn/train.ts'
import { replaceFile } from './replace-file.ts'

const MAGIC = 'darkroom-checkpoint/1\n'

export type Checkpoint = { readonly position: Position; readonly state: LearnerState }

type Head = {
  readonly position: Position
  readonly step: number
  readonly lengths: readonly (number | null)[]
  readonly moments: number
}

export async function writeCheckpoint(file: string, { position, state }: Checkpoint): Promise<void> {
  const vectors = [...pair(state.latest), ...pair(state.average), ...pair(state.best), ...state.moments]
  const head: Head = {
    position,
    step: state.step,
    lengths: vectors.map((v) => v && v.length),
    moments: state.moments.length,
  }
  const text = Buffer.from(JSON.stringify(head))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const bytesOf = (v: Float32Array): Uint8Array => new Uint8Array(v.buffer, v.byteOffset, v.byteLength)
  const pieces = vectors.flatMap((vector) => (vector ? [bytesOf(vector)] : []))
  await replaceFile(file, [Buffer.from(MAGIC), length, text, ...pieces])
  await using folder = await open(dirname(file), 'r')
  await folder.sync().catch(() => undefined) // some file systems cannot sync a folder; the file itself is synced
}

/** Null where there is none. */
export async function readCheckpoint(file: string): Promise<Checkpoint | null> {
  const bytes = await readFile(file).catch(() => null)
  if (!bytes) return null
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC)
    throw new Error(`${file} is not a checkpoint of this version`)
  const begin = MAGIC.length + 4
  const length = bytes.readUInt32LE(MAGIC.length)
  const head: Head = JSON.parse(bytes.subarray(begin, begin + length).toString())
  let at = begin + length
  const vectors = head.lengths.map((count) => {
    if (count === null) return null
    const values = new Float32Array(count)
    new Uint8Array(values.buffer).set(bytes.subarray(at, at + count * 4))
    at += count * 4
    return values
  })
  if (at !== bytes.length) throw new Error(`${file} has ${bytes.length} bytes and should have ${at}`)
  const flat = (i: number): FlatWeights | null =>
    vectors[i] ? { trained: vectors[i], measured: vectors[i + 1]! } : null
  return {
    position: head.position,
    state: {
      step: head.step,
      latest: flat(0)!,
      average: flat(2),
      best: flat(4),
      moments: vectors.slice(6).map((v) => v!),
    },
  }
}

export const checkpointFile = (runFolder: string): string => join(runFolder, 'checkpoint.bin')

const pair = (weights: FlatWeights | null): (Float32Array | null)[] =>
  weights ? [weights.trained, weights.measured] : [null, null]
