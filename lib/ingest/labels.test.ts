import { expect, test } from 'vitest'
import { classNameOf, givenLabels } from './labels.ts'
import type { GivenLabels } from './labels.ts'

const reported = (files: readonly string[], sources: Partial<GivenLabels>): readonly string[] | null =>
  givenLabels(files.length, { label: null, labels: [], ...sources })

test.each([
  ['spaces are trimmed and collapsed', '  early   blight ', [], 'early blight'],
  ['composed and decomposed letters are equal', 'Kartoffelka\u0308fer', [], 'Kartoffelk\u00e4fer'],
  ['the spelling of an existing class is used', 'CAT', ['dog', 'Cat'], 'Cat'],
  ['markup is a valid name', '<b>x</b>', [], '<b>x</b>'],
  ['control characters are refused', 'a\u0007b', [], null],
  ['a line break is refused', 'a\nb', [], null],
  ['an empty name is refused', '   ', [], null],
  ['10,000 characters are refused', 'a'.repeat(10_000), [], null],
])('%s', (_story, typed, classes, name) => expect(classNameOf(typed, classes)).toBe(name))

test.each<[string, string[], readonly string[], (string | null)[]]>([
  ['the field repeated', ['1.png', '2.png'], ['cat', 'dog'], ['cat', 'dog']],
  ['a JSON list', ['1.png', '2.png'], ['["cat, big", "dog"]'], ['cat, big', 'dog']],
  ['JSON numbers', ['1.png', '2.png'], ['[3, 7]'], ['3', '7']],
  ['a list with commas', ['1.png', '2.png'], ['cat, dog'], ['cat', 'dog']],
  ['one label for one file, commas and all', ['1.png'], ['cat, big'], ['cat, big']],
  ['a JSON list of one', ['1.png'], ['["cat"]'], ['cat']],
])('labels come as %s', (_how, paths, labels, expected) =>
  expect(reported(paths, { labels })).toEqual(expected),
)

test.each([
  [['a', 'b'], ['cat'], 1, 2],
  [['a', 'b'], ['cat,dog,cow'], 3, 2],
  [['a', 'b', 'c'], ['cat', 'dog'], 2, 3],
  [['a'], ['["x","y"]'], 2, 1],
])(
  'labels of another number than the files are refused with both numbers',
  (paths, labels, values, files) => {
    expect(() => reported(paths, { labels })).toThrow(
      expect.objectContaining({
        code: 'labels_do_not_match',
        extras: { members: { labels: values, files } },
      }),
    )
  },
)

test('one label applies to all files; without any, none are given', () => {
  expect(reported(['a', 'b'], { label: 'cat' })).toEqual(['cat', 'cat'])
  expect(reported(['a', 'b'], {})).toBeNull()
})
