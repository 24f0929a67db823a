import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openCrashMemory } from './crash-memory.ts'

function fileFor(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return path.join(folder, 'work')
}

test('an image that was being decoded when the process ended is suspect in the next one', () => {
  const file = fileFor()
  const first = openCrashMemory(file)
  first.begin('decode abc')
  first.begin('decode def')()

  const { suspects } = openCrashMemory(file)

  expect(suspects.all()).toEqual(['abc'])
  expect(suspects.has(() => 'abc')).toBe(true)
  expect(suspects.has(() => 'def')).toBe(false)
})

test('processes that end in a row while they load a version are counted, until one has loaded it', () => {
  const file = fileFor()
  expect(openCrashMemory(file).loading.deaths('v1')).toBe(0)
  openCrashMemory(file).loading.begin('v1')
  const second = openCrashMemory(file)
  expect(second.loading.deaths('v1')).toBe(1)
  second.loading.begin('v1 verification 4')
  const third = openCrashMemory(file)
  expect(third.loading.deaths('v1')).toBe(2)

  third.loading.begin('v1')()

  expect(third.loading.deaths('v1')).toBe(0)
  expect(openCrashMemory(file).loading.deaths('v1')).toBe(0)
})
