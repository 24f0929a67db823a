import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { START } from '#lib/ml/learn/train.ts'
import { checkpointFile, readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.ts'

const place = () => {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-checkpoint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return checkpointFile(folder)
}
const flat = (seed: number) => ({
  trained: Float32Array.of(seed, -seed, 0.1),
  measured: Float32Array.of(seed / 3),
})
const checkpoint: Checkpoint = {
  position: {
    ...START,
    epoch: 3,
    stepInEpoch: 7,
    lossSum: 1.25,
    right: 90,
    best: { epoch: 2, which: 'average', score: { images: 9, right: 8, accuracy: 8 / 9, loss: 0.3 } },
  },
  state: {
    step: 41,
    latest: flat(1),
    average: flat(2),
    best: flat(3),
    moments: [Float32Array.of(4, 5, 6), Float32Array.of(7)],
  },
}

test('a checkpoint is read back exactly as it was written', async () => {
  const file = place()

  await writeCheckpoint(file, checkpoint)

  expect(await readCheckpoint(file)).toEqual(checkpoint)
})

test('a checkpoint without average or best is read back without them', async () => {
  const file = place()
  const early = { ...checkpoint, state: { ...checkpoint.state, average: null, best: null } }

  await writeCheckpoint(file, early)

  expect(await readCheckpoint(file)).toEqual(early)
})

test('a checkpoint that was being written when the process died leaves the previous one intact', async () => {
  const file = place()
  await writeCheckpoint(file, checkpoint)

  writeFileSync(`${file}.making`, readFileSync(file).subarray(0, 50))

  expect(await readCheckpoint(file)).toEqual(checkpoint)
})

test.runIf(existsSync('/dev/full'))(
  'a checkpoint that does not fit on the disk leaves the previous one intact, and its partial file is removed',
  async () => {
    const file = place()
    await writeCheckpoint(file, checkpoint)
    symlinkSync('/dev/full', `${file}.making`) // each write to it fails as on a full disk

    const written = writeCheckpoint(file, { ...checkpoint, position: { ...checkpoint.position, epoch: 9 } })

    await expect(written).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await readCheckpoint(file)).toEqual(checkpoint)
    expect(readdirSync(dirname(file))).toEqual(['checkpoint.bin'])
  },
)

test('a missing checkpoint is null, and a truncated one is refused', async () => {
  const file = place()
  expect(await readCheckpoint(file)).toBeNull()

  await writeCheckpoint(file, checkpoint)
  writeFileSync(file, readFileSync(file).subarray(0, -4))

  await expect(readCheckpoint(file)).rejects.toThrow()
})

test('a checkpoint of another format, or with a damaged head, is refused with the action to take', async () => {
  const file = place()
  await writeCheckpoint(file, checkpoint)
  const bytes = readFileSync(file)

  writeFileSync(file, Buffer.from(bytes.toString('latin1').replace('checkpoint/1', 'checkpoint/9'), 'latin1'))
  await expect(readCheckpoint(file)).rejects.toMatchObject({
    code: 'bad_data_file',
    message:
      'The checkpoint of this training run cannot be read: it has another format than this version of ' +
      'Darkroom reads. Start a new training run.',
  })

  writeFileSync(file, Buffer.from(bytes.toString('latin1').replace('"epoch":3', '"epoch":0'), 'latin1'))
  await expect(readCheckpoint(file)).rejects.toMatchObject({
    code: 'bad_data_file',
    message: expect.stringContaining('"position.epoch" must be'),
  })
})
