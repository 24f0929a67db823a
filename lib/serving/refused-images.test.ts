import { expect, test } from 'vitest'
import { createRefusedImages } from './refused-images.ts'
import { endsProcesses } from './refusals.ts'
import { fakeClock } from './serving.fakes.ts'

test('an image that ended a process is known again for ten minutes', () => {
  const clock = fakeClock()
  const refused = createRefusedImages(clock)
  refused.remember('a', endsProcesses('SIGKILL'))

  clock.advance(599_000)
  expect(refused.find(() => 'a')).toMatchObject({ failure: { code: 'needs_more_memory' } })
  expect(refused.find(() => 'b')).toBeNull()

  clock.advance(2_000)
  expect(refused.find(() => 'a')).toBeNull()
})

test('a thousand are remembered, the newest', () => {
  const refused = createRefusedImages(fakeClock())
  for (let i = 0; i <= 1_000; i++) refused.remember(`image ${i}`, endsProcesses('SIGSEGV'))

  expect(refused.find(() => 'image 0')).toBeNull()
  expect(refused.find(() => 'image 1')).toMatchObject({ failure: { code: 'corrupt_image' } })
})

test('nothing is hashed while nothing is remembered', () => {
  const refused = createRefusedImages(fakeClock())

  expect(
    refused.find(() => {
      throw new Error('hashed')
    }),
  ).toBeNull()
})
