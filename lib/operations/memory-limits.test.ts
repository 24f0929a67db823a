import { totalmem } from 'node:os'
import { expect, test } from 'vitest'
import { parseSettings, type Settings } from '#lib/contracts/settings.ts'
import { layoutOf } from '#lib/processes/start/process-layout.ts'
import { freeForTraining, heapEnvironment, heapFlags, isSmall, memoryMb } from './memory-limits.ts'

const withMemory = (memory: string): Settings => {
  const read = parseSettings({ MEMORY_MB: memory })
  if (!read.ok) throw new Error(read.mistakes.join())
  return read.settings
}

test('with half a gigabyte heaps are small and one process serves predictions', () => {
  const settings = withMemory('512')

  expect(heapFlags(settings)).toEqual(expect.arrayContaining(['--max-semi-space-size=1', '--expose-gc']))
  expect(heapEnvironment()).toHaveProperty('MALLOC_TRIM_THRESHOLD_')
  expect(layoutOf(settings).front.count).toBe(1)
  expect(freeForTraining(settings)).toBe(216 * 1024 ** 2)
})

test('with two gigabytes old objects may take what they need', () => {
  expect(heapFlags(withMemory('2048'))).not.toContainEqual(expect.stringContaining('--max-old-space-size'))
  expect([isSmall(withMemory('1024')), isSmall(withMemory('1025'))]).toEqual([true, false])
})

test('by default it uses the memory of the machine, or of its container if that is less', () => {
  const allowed = process.constrainedMemory()
  const bytes = allowed > 0 && allowed < totalmem() ? allowed : totalmem()

  expect(memoryMb(withMemory('auto'))).toBe(Math.floor(bytes / 1024 ** 2))
})
