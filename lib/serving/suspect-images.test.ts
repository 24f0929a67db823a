import { expect, test } from 'vitest'
import { fakeClock } from './serving.fakes.ts'
import { createSuspectImages } from './suspect-images.ts'

test('an image that was being decoded when a process ended is remembered for ten minutes', () => {
  const clock = fakeClock()
  const suspects = createSuspectImages(clock)
  suspects.add(['a'])

  clock.advance(599_000)
  expect(suspects.has(() => 'a')).toBe(true)
  expect(suspects.has(() => 'b')).toBe(false)

  clock.advance(2_000)
  expect(suspects.has(() => 'a')).toBe(false)
  expect(suspects.all()).toEqual([])
})

test('the newest thousand images are remembered', () => {
  const suspects = createSuspectImages(fakeClock())
  suspects.add(Array.from({ length: 1_001 }, (_, i) => `image ${i}`))

  expect(suspects.has(() => 'image 0')).toBe(false)
  expect(suspects.has(() => 'image 1')).toBe(true)
})

test('no image is hashed while none is remembered', () => {
  const suspects = createSuspectImages(fakeClock())

  expect(
    suspects.has(() => {
      throw new Error('hashed')
    }),
  ).toBe(false)
})
