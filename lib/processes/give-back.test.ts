import { expect, test } from 'vitest'
import { givingBack } from './give-back.ts'

const MIB = 1024 ** 2

function process() {
  const state = { bytes: 50 * MIB, garbage: 0, collected: 0 }
  const look = givingBack({ bytes: () => state.bytes + state.garbage, collect: () => { state.collected += 1; state.garbage = 0 } })
  return { state, look }
}

test('a process that has grown gives its garbage back, and one that stands still is left alone', () => {
  const { state, look } = process()
  look()
  expect(state.collected).toBe(1)

  look()
  state.garbage = 7 * MIB
  look()
  expect(state.collected).toBe(1)

  state.garbage = 9 * MIB
  look()
  expect(state).toMatchObject({ collected: 2, garbage: 0 })
})

test('what is needed is not collected for again and again', () => {
  const { state, look } = process()
  look()
  state.bytes = 90 * MIB
  look()
  look()
  look()
  expect(state.collected).toBe(2)
})

test('growth counts from the lowest, not from a peak that is over', () => {
  const { state, look } = process()
  look()
  state.bytes = 90 * MIB
  look()
  state.bytes = 60 * MIB
  look()
  state.garbage = 10 * MIB
  look()
  expect(state).toMatchObject({ collected: 3, garbage: 0 })
})
