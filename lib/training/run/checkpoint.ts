/** The state of a training run, stored so that a run that was stopped or killed can be resumed: the learner's
 *  state and its position, in one file. A partly written file is never read. */
import { open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import { checkpointHead, type CheckpointHead } from '#lib/contracts/training-checkpoint.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { FlatWeights, LearnerState } from '#lib/ml/learn/learner.ts'
import type { Position } from '#lib/ml/learn/train.ts'
import { replaceFile } from './replace-file.ts'

/** The first line of the file, with its format; then the length of the head, the head as JSON, and the vectors
 *  as float32. */
const MAGIC = 'darkroom-checkpoint/1\n'

const WHAT = 'The checkpoint of this training run'
const ACTION = 'Start a new training run.'
const HEAD: StoredFormats<CheckpointHead> = { what: WHAT, action: ACTION, formats: { 1: checkpointHead } }

export type Checkpoint = { readonly position: Position; readonly state: LearnerState }

export async function writeCheckpoint(file: string, { position, state }: Checkpoint): Promise<void> {
  const vectors = [...pair(state.latest), ...pair(state.average), ...pair(state.best), ...state.moments]
  const head: CheckpointHead = {
    position: { ...position, points: [...position.points] },
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

/** Null when there is none.
 *  @throws DarkroomError `bad_data_file` for one of another format, and for one that is damaged. */
export async function readCheckpoint(file: string): Promise<Checkpoint | null> {
  const bytes = await readFile(file).catch(() => null)
  if (!bytes) return null
  if (bytes.subarray(0, MAGIC.length).toString() !== MAGIC)
    throw unreadable('it has another format than this version of Darkroom reads')
  const position = MAGIC.length + 4
  const length = bytes.readUInt32LE(MAGIC.length)
  const head = parseStoredText(bytes.subarray(position, position + length).toString(), HEAD)
  const vectors = vectorsIn(bytes, position + length, head.lengths)
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

function vectorsIn(
  bytes: Buffer,
  position: number,
  lengths: readonly (number | null)[],
): readonly (Float32Array | null)[] {
  const end = position + 4 * lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0)
  if (end !== bytes.length) throw unreadable(`it has ${bytes.length} bytes and should have ${end}`)
  let at = position
  return lengths.map((length) => {
    if (length === null) return null
    const values = new Float32Array(length)
    new Uint8Array(values.buffer).set(bytes.subarray(at, at + length * 4))
    at += length * 4
    return values
  })
}

export const checkpointFile = (runFolder: string): string => join(runFolder, 'checkpoint.bin')

const pair = (weights: FlatWeights | null): (Float32Array | null)[] =>
  weights ? [weights.trained, weights.measured] : [null, null]

const unreadable = (why: string): DarkroomError =>
  new DarkroomError('bad_data_file', { what: `${WHAT} cannot be read`, why, remedy: ACTION })
