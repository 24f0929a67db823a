import { expect, test } from 'vitest'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { planText } from './plan-text.ts'

const live = { version: 'v2', test_images: 40 } as NonNullable<ClassifierAnswer['champion']>
const samples = (total: number, unseen: number, testImages: number) => ({
  train: total - testImages,
  validation: 0,
  test: testImages,
  total,
  unseen,
})

test('the plan of a first version states what will be shown, and that it can be used', () => {
  expect(planText({ champion: null, samples: samples(1, 1, 0) }, [])).toBe(
    'Trains on 1 image, then shows how many the model gets right and which it gets wrong, measured on images ' +
      'that it was not trained on. You can use the model at once.',
  )
})

test('with enough test images, no decision is left to the user', () => {
  const text = planText({ champion: live, samples: samples(1200, 50, 240) }, [])

  expect(text).toContain('from v2 on 1,200 images, 50 of them new.')
  expect(text).not.toContain('automatic decision')
})

test('with too few test images, it says how many more to upload: every fifth becomes a test image', () => {
  const text = planText({ champion: live, samples: samples(100, 0, 20) }, [])

  expect(text).toContain('none of them new')
  expect(text).toContain('Only 20 test images; at least 30 are needed')
  expect(text).toContain('Add about 50 images')
})

test('after cross-validation, the plan does not request more test images', () => {
  const text = planText({ champion: { ...live, test_images: 0 }, samples: samples(60, 10, 12) }, [])

  expect(text).toContain('It is then compared with v2 on images that each was not trained on')
  expect(text).not.toContain('test image')
})

test('the duration is that of the newest completed run, not of one that was stopped', () => {
  const runs = [
    { state: 'cancelled', started_at: '2026-01-03T10:00:00Z', ended_at: '2026-01-03T10:00:05Z' },
    { state: 'done', started_at: '2026-01-02T10:00:00Z', ended_at: '2026-01-02T10:02:00Z' },
    { state: 'done', started_at: '2026-01-01T10:00:00Z', ended_at: '2026-01-01T11:00:00Z' },
  ] as const
  expect(planText({ champion: live, samples: samples(1200, 50, 240) }, runs)).toMatch(
    /The last training run took 2 min\.$/,
  )
})
