import { expect, test } from 'vitest'
import { createRefusedImages } from './refused-images.ts'
import { endsProcesses } from './refusals.ts'
import { fakeClock } from './serving.fakes.ts'

test('an image that crashed a process is recognised for ten minutes', () => {
  const clock = fakeClock()
  const refused = createRefusedImages(clock)
  refused.remember('a', endsProcesses('SIGKILL'))

  clock.advance(599_000)
  expect(refused.find(() => 'a')).toMatchObject({ failure: { code: 'needs_more_memory' } })
  expect(refused.find(() => 'b')).toBeNull()

  clock.advance(2_000)
  expect(refused.find(() => 'a')).toBeNull()
})

test('the newest thousand images are remembered', () => {
  const refused = createRefusedImages(fakeClock())
  for (let i = 0; i <= 1_000; i++) refused.remember(`image ${i}`, endsProcesses('SIGSEGV'))

  expect(refused.find(() => 'image 0')).toBeNull()
  expect(refused.find(() => 'image 1')).toMatchObject({ failure: { code: 'corrupt_image' } })
})

test('no image is hashed while none is remembered', () => {
  const refused = createRefusedImages(fakeClock())

  expect(
    refused.find(() => {
      throw new Error('hashed')
    }),
  ).toBeNull()
})
