import { expect, test } from 'vitest'
import type { Split } from '../classifier.ts'
import { groupNames, splitsByGroup, testedCopies } from './group-splits.ts'

const automatic = (groupId: string | null, split: Split | null) => ({ groupId, split, isSplitGiven: false })
const given = (groupId: string, split: Split) => ({ groupId, split, isSplitGiven: true })

test('automatic splits follow the oldest image of the group', () => {
  expect(
    splitsByGroup([
      automatic('a', 'train'),
      automatic('b', 'test'),
      automatic('a', 'test'),
      automatic('b', 'validation'),
      automatic(null, 'test'),
      automatic('a', null),
    ]),
  ).toEqual(['train', 'test', 'train', 'test', 'test', null])
})

test('where a person tests an image, its copies with an automatic split are tested, too', () => {
  expect(splitsByGroup([automatic('a', 'train'), given('a', 'test'), automatic('a', 'validation')])).toEqual([
    'test',
    'test',
    'test',
  ])
})

test('images that a person put into different sets stay there', () => {
  expect(splitsByGroup([given('a', 'train'), given('a', 'test'), given('a', 'validation')])).toEqual([
    'train',
    'test',
    'train',
  ])
  expect(splitsByGroup([automatic('a', 'test'), given('a', 'train')])).toEqual(['train', 'train'])
})

test('test images with a near-copy in training are named', () => {
  const entry = (hash: string, split: Split, group: string | null) => ({ hash, split, group })

  expect([
    ...testedCopies([
      entry('a', 'train', 'g'),
      entry('b', 'test', 'g'),
      entry('c', 'test', 'h'),
      entry('d', 'test', 'h'),
      entry('e', 'validation', 'i'),
      entry('f', 'test', 'i'),
      entry('k', 'train', null),
      entry('l', 'test', null),
    ]),
  ]).toEqual(['b', 'f'])
})

test('an image without a split says nothing about the split of its group', () => {
  const without = { groupId: 'a', split: null, isSplitGiven: true }

  expect(splitsByGroup([without, automatic('a', 'validation')])).toEqual([null, 'validation'])
})

test('a group is named by its smallest hash, whatever its id', () => {
  const member = (hash: string, groupId: string | null) => ({ hash, groupId })

  expect(groupNames([member('c', 'x'), member('b', 'x'), member('a', null), member('d', 'y')])).toEqual([
    'b',
    'b',
    null,
    'd',
  ])
})
