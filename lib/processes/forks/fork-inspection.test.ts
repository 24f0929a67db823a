import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rawMessage, rawModel, rawNode, rawPort } from '#lib/ml/onnx/raw-messages.fakes.ts'
import { inspectElsewhere, saveElsewhere, type InspectionLimits } from './fork-inspection.ts'

const OPTIONS = { name: 'hostile.onnx', normalisation: 'imagenet' } as const

async function inspected(model: Uint8Array, limits: Partial<InspectionLimits> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-inspection-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'hostile.onnx')
  await writeFile(file, model)
  const inspect = inspectElsewhere({
    signal: new AbortController().signal,
    onLine: () => undefined,
    ...limits,
  })
  return inspect(file, OPTIONS)
}

const whole = (...values: readonly bigint[]): Uint8Array => new Uint8Array(BigInt64Array.from(values).buffer)

/** 2⁶² rounds of a loop around nothing. */
const endless = rawModel({
  nodes: [
    rawNode(
      'Loop',
      ['rounds', 'goes', 'x'],
      ['y'],
      [
        5,
        rawMessage(
          [1, 'body'],
          [
            6,
            rawMessage(
              [1, rawNode('Identity', ['goes_on'], ['still_goes'])],
              [1, rawNode('Relu', ['value'], ['next'])],
              [2, 'body'],
              [11, rawPort('round', [], 7)],
              [11, rawPort('goes_on', [], 9)],
              [11, rawPort('value', null)],
              [12, rawPort('still_goes', [], 9)],
              [12, rawPort('next', null)],
            ),
          ],
          [20, 5],
        ),
      ],
    ),
  ],
  graph: [
    [5, rawMessage([2, 7], [8, 'rounds'], [9, whole(2n ** 62n)])],
    [5, rawMessage([2, 9], [8, 'goes'], [9, Uint8Array.of(1)])],
  ],
})

/** The mean of so many copies of three numbers, for each of 8 images. */
const wide = (copies: bigint): Uint8Array =>
  rawModel({
    nodes: [
      rawNode('Unsqueeze', ['x', 'last'], ['column']),
      rawNode('Tile', ['column', 'copies'], ['many']),
      rawNode('GlobalAveragePool', ['many'], ['y']),
    ],
    graph: [
      [5, rawMessage([1, 1], [2, 7], [8, 'last'], [9, whole(2n)])],
      [5, rawMessage([1, 3], [2, 7], [8, 'copies'], [9, whole(1n, 1n, copies)])],
    ],
  })

test('a file that can be used is examined in a process of its own', async () => {
  const { image, choices } = await inspected(wide(2n))

  expect(image).toMatchObject({ layout: 'nchw', size: 32, channels: 3 })
  expect(choices).toMatchObject([
    { value: 'y', reading: 'first-token', length: 1 },
    { value: 'y', reading: 'mean-of-tokens', length: 1 },
  ])
})

test('a file that never ends is refused after a time', async () => {
  await expect(inspected(endless, { longestMs: 3_000 })).rejects.toMatchObject({
    code: 'bad_data_file',
    why: 'examining it takes longer than 3 s',
  })
})

test.runIf(existsSync('/proc/self/status'))(
  'a file that fills the memory is refused before it has filled it',
  async () => {
    await expect(inspected(wide(8_000_000n), { memoryBytes: 300 * 1024 ** 2 })).rejects.toMatchObject({
      code: 'bad_data_file',
      why: 'examining it takes more than 300 MB of memory',
    })
  },
)

test('an examination that is cancelled ends its process', async () => {
  const leaving = new AbortController()
  const reason = new Error('cancelled')

  const examination = inspected(endless, { signal: leaving.signal })
  setTimeout(() => leaving.abort(reason), 500)

  await expect(examination).rejects.toBe(reason)
})

test('a network is saved in a process of its own, within its memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-saving-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'mine.onnx')
  await writeFile(path, wide(2n))
  const limits = { signal: new AbortController().signal, onLine: () => undefined }
  const inspection = await inspectElsewhere(limits)(path, OPTIONS)
  const saving = {
    inspection,
    choice: inspection.choices[0]!,
    name: 'mine',
    title: 'mine',
    fileName: 'mine.onnx',
    trainedOn: 'unknown',
    source: 'It is drawn.',
    origin: { command: 'test', codeVersion: '0', machine: 'test', now: new Date(0) },
  }

  const saved = await saveElsewhere(limits)(path, join(folder, 'networks'), saving)
  expect(existsSync(join(saved, 'v1', 'backbone.onnx'))).toBe(true)
  if (!existsSync('/proc/self/status')) return // elsewhere a process's memory is not known
  await expect(
    saveElsewhere({ ...limits, memoryBytes: 1024 ** 2 })(path, join(folder, 'others'), saving),
  ).rejects.toMatchObject({ code: 'bad_data_file', why: 'examining it takes more than 1 MB of memory' })
})
