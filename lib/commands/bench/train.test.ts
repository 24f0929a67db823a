/**
 * The training benchmark as a user starts it, in one short round, and its arithmetic compared with figures
 * computed by hand.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parameterCount } from '#lib/ml/network/network.ts'
import { benchNetwork } from './train-network.ts'
import { rowsOf, type TrainRow } from './train.ts'

const COMMAND = path.join(import.meta.dirname, '../bench.ts')

function command(...args: readonly string[]): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', COMMAND, 'train', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const response = { out: '', error: '' }
  child.stdout.on('data', (text: Buffer) => {
    response.out += text.toString()
  })
  child.stderr.on('data', (text: Buffer) => {
    response.error += text.toString()
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, ...response }))
  })
}

test('the network is that of the earlier projects without the 832 biases before batch norm', () => {
  expect(parameterCount(benchNetwork)).toBe(849_066 - 832)
})

test('a short round on onnx prints one row of JSON per batch', async () => {
  const { code, out } = await command(
    '--only',
    'onnx',
    '--batch',
    '16,32',
    '--rounds',
    '1',
    '--seconds',
    '0.1',
    '--threads',
    '1',
    '--json',
  )

  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TrainRow)
  expect(code).toBe(0)
  expect(rows.map(({ variant, batch, ratio_to_keras_fit }) => [variant, batch, ratio_to_keras_fit])).toEqual([
    ['onnx', 16, null],
    ['onnx', 32, null],
  ])
  expect(rows.map((row) => Object.keys(row))).toEqual(
    rows.map(() => ['variant', 'batch', 'images_per_s', 'images_per_cpu_s', 'peak_mb', 'ratio_to_keras_fit']),
  )
  for (const { images_per_s, images_per_cpu_s, peak_mb } of rows) {
    expect(images_per_s).toBeGreaterThan(1)
    expect(images_per_cpu_s).toBeGreaterThan(1)
    expect(peak_mb).toBeGreaterThan(50) // Node alone takes as much
  }
}, 60_000)

test('on a machine without Keras, the error lists the available variants', async () => {
  const { code, out, error } = await command('--only', 'keras-fit', '--python', '/no/such/python')

  expect(error).toContain('keras-fit is skipped: there is no /no/such/python.')
  expect([code, out.includes('images/CPU-s')]).toEqual([1, true])
})

test('the error for an unknown variant names it', async () => {
  expect(await command('--only', 'onnx,pytorch')).toMatchObject({
    code: 1,
    out: '',
    error: expect.stringContaining('Unknown variant "pytorch".'),
  })
})

test('medians of the rounds, the highest memory, and the ratio to Keras at the same batch', () => {
  const trial = (images: number, cpuSeconds: number, peakMb: number) => ({
    images,
    wall_seconds: 1,
    cpu_seconds: cpuSeconds,
    peak_mb: peakMb,
    detail: '',
  })
  const rows = rowsOf([
    { variant: 'keras-fit', batch: 64, trials: [trial(100, 2, 700), trial(400, 2, 710), trial(200, 2, 705)] },
    { variant: 'onnx', batch: 64, trials: [trial(300, 2, 300), trial(100, 2, 320), trial(900, 2, 310)] },
    { variant: 'onnx', batch: 256, trials: [trial(300, 2, 300), trial(100, 2, 320)] },
  ])

  expect(rows).toEqual([
    {
      variant: 'keras-fit',
      batch: 64,
      images_per_s: 200,
      images_per_cpu_s: 100,
      peak_mb: 710,
      ratio_to_keras_fit: 1,
    },
    {
      variant: 'onnx',
      batch: 64,
      images_per_s: 300,
      images_per_cpu_s: 150,
      peak_mb: 320,
      ratio_to_keras_fit: 1.5,
    },
    {
      variant: 'onnx',
      batch: 256,
      images_per_s: 200,
      images_per_cpu_s: 100,
      peak_mb: 320,
      ratio_to_keras_fit: null,
    },
  ])
})
