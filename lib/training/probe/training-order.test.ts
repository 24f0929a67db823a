import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { EngineName } from '#lib/domain/classifier.ts'
import { trainingOrder } from './training-order.ts'

const usual = ['onnx', 'tfjs-node', 'wasm'] as const

function probe(rates: Partial<Record<EngineName, number | null>>, machine = 'a machine') {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-order-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const measured: EngineName[] = []
  const file = path.join(folder, 'cache', 'training-engine.json')
  const order = (now = machine, rivals: readonly EngineName[] = ['onnx', 'tfjs-node']) =>
    trainingOrder({
      file,
      machine: now,
      usual,
      rivals,
      measure: async (name) => {
        measured.push(name)
        return rates[name] ?? null
      },
    })
  return { file, measured, order }
}

test.each([
  ['the faster engine trains', { onnx: 800, 'tfjs-node': 1_200 }, ['tfjs-node', 'onnx', 'wasm']],
  ['the usual one stays first when it is faster', { onnx: 1_200, 'tfjs-node': 800 }, usual],
  ['a difference of a few percent decides nothing', { onnx: 1_000, 'tfjs-node': 1_050 }, usual],
  ['an engine that cannot train here does not', { onnx: 1_000, 'tfjs-node': null }, usual],
])('%s', async (_, rates, expected) => expect(await probe(rates).order()).toEqual(expected))

test('each engine is measured once for a machine, and again for another', async () => {
  const { measured, order } = probe({ onnx: 800, 'tfjs-node': 1_200 })

  await order()
  await order()
  expect(measured).toEqual(['onnx', 'tfjs-node'])

  await order('another machine')
  expect(measured).toHaveLength(4)
})

test('a single engine is not measured', async () => {
  const { measured, order } = probe({})

  expect(await order('a machine', ['onnx'])).toEqual(usual)
  expect(measured).toEqual([])
})

test('a damaged file is replaced by a new measurement', async () => {
  const { file, order } = probe({ onnx: 800, 'tfjs-node': 1_200 })
  await order()
  writeFileSync(file, '{"format": 1')

  expect((await order())[0]).toBe('tfjs-node')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ rates: { onnx: 800, 'tfjs-node': 1_200 } })
})
