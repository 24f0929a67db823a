import { expect, test } from 'vitest'
import { firstStepsOf } from './first-steps-of.ts'

const samples = (total: number) => ({ total, train: total, validation: 0, test: 0, unseen: 0 })
const own = {
  id: 'leaves',
  classes: ['healthy', 'rust'],
  samples: samples(40),
  live_version: null,
  is_shipped: false,
}
const example = { ...own, id: 'shapes', live_version: 'v1', is_shipped: true }
const done = (...given: Parameters<typeof firstStepsOf>) =>
  firstStepsOf(...given)?.map(({ isDone }) => isDone)

test('examples count for nothing', () => {
  expect(done([example], { mayEdit: true, predictions: 0 })).toEqual([true, false, false, false, false])
})

test('each step is done by what the classifier has', () => {
  const user = { mayEdit: true, predictions: 0 }

  expect(done([{ ...own, samples: samples(0), classes: [] }], user)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
  expect(done([own], user)).toEqual([true, true, true, false, false])
  expect(done([{ ...own, live_version: 'v1' }], user)).toEqual([true, true, true, true, false])
})

test('the list disappears when everything is done, and is not for users who may only look', () => {
  expect(firstStepsOf([{ ...own, live_version: 'v1' }], { mayEdit: true, predictions: 1 })).toBeNull()
  expect(firstStepsOf([], { mayEdit: false, predictions: 0 })).toBeNull()
})

test('an unfinished classifier is continued where it was left', () => {
  expect(firstStepsOf([own], { mayEdit: true, predictions: 0 })?.[3]).toMatchObject({
    name: 'Train it',
    href: '/classifiers/new?classifier=leaves',
  })
})
