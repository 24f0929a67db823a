import { expect, test } from 'vitest'
import { classNameOf, labelsFor, readTable, unusedRows } from './labels.ts'
import type { LabelSources } from './labels.ts'

const NOTHING: LabelSources = { label: null, labels: [], table: null }
const reported = (paths: readonly string[], sources: Partial<LabelSources>): (string | null)[] =>
  labelsFor(paths, { ...NOTHING, ...sources }).map((l) => l.label)

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

test('one label applies to all files, folders are labels, and without any label the upload is refused', () => {
  expect(reported(['a', 'b'], { label: 'cat' })).toEqual(['cat', 'cat'])
  expect(reported(['cats/1.png', 'dogs/1.png', 'loose.png'], {})).toEqual(['cats', 'dogs', null])
  expect(() => reported(['1.png', '2.png'], {})).toThrow(/0 labels for 2 files/)
})

test.each([
  ['with its heading', 'filename,label\na.png,cat\nb.png,dog\n'],
  ['in another order', 'id,label,filename\n1,cat,a.png\n2,dog,b.png'],
  ['without a heading', 'a.png,cat\nb.png,dog'],
  ['from a German Excel', '\uFEFFFilename;Label\r\na.png;cat\r\n"b.png";"dog"\r\n'],
  ['with tabs', 'a.png\tcat\nb.png\tdog'],
])('a table is read %s', (_how, table) => {
  expect(reported(['a.png', 'sub/b.png', 'c.png'], { table })).toEqual(['cat', 'dog', null])
})

test('separators and quotes inside quotes are part of the value', () => {
  expect([...readTable('"a,1.png","says ""hi"""\nb.png,dog')]).toEqual([
    ['a,1.png', 'says "hi"'],
    ['b.png', 'dog'],
  ])
})

test('rows without a file are listed, and a text that is not a table is refused', () => {
  expect(unusedRows(['a.png'], 'a.png,cat\nz.png,dog')).toEqual(['z.png'])
  expect(() => readTable('just text')).toThrow(/one column/)
  expect(() => readTable('filename,label\n')).toThrow(/lists no file/)
})
