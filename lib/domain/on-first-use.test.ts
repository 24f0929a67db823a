import { expect, test } from 'vitest'
import { onFirstUse } from './on-first-use.ts'

const countedPart = () => {
  let loads = 0
  const part = onFirstUse(async () => {
    loads += 1
    return { double: async (value: number) => value * 2, name: async () => 'part' }
  })
  return { part, loads: () => loads }
}

test('a part is loaded by its first call, and only once', async () => {
  const { part, loads } = countedPart()
  expect(loads()).toBe(0)

  const [four, name] = await Promise.all([part.double(2), part.name()])

  expect([four, name, await part.double(4)]).toEqual([4, 'part', 8])
  expect(loads()).toBe(1)
})

test('waiting for the object itself loads nothing', async () => {
  const { part, loads } = countedPart()

  expect(await Promise.resolve(part)).toBe(part)
  expect(loads()).toBe(0)
})

test('a part that could not be loaded is loaded by the next call', async () => {
  let attempts = 0
  const part = onFirstUse(async () => {
    attempts += 1
    if (attempts === 1) throw new Error('too many open files')
    return { answer: async () => 42 }
  })

  await expect(part.answer()).rejects.toThrow('too many open files')
  expect(await part.answer()).toBe(42)
})

test('an error of the called function is its own, and the part stays loaded', async () => {
  let loads = 0
  const part = onFirstUse(async () => {
    loads += 1
    return { fail: (reason: string) => Promise.reject(new Error(reason)) }
  })

  await expect(part.fail('first')).rejects.toThrow('first')
  await expect(part.fail('second')).rejects.toThrow('second')
  expect(loads).toBe(1)
})

test('its functions cannot be copied into another object unnoticed', () => {
  const { part } = countedPart()

  expect(() => ({ ...part })).toThrow('not known before')
})
