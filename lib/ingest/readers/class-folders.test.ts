import { expect, test } from 'vitest'
import { layoutOf } from './class-folders.ts'

test.each<[string, string[], string[], [string, string, 'train' | 'test' | null][]]>([
  ['class folders', ['cats/1.png', 'dogs/1.png'], ['cats', 'dogs'], [['cats/1.png', 'cats', null]]],
  [
    'splits above classes',
    ['train/cats/1.png', 'test/cats/2.png', 'test/dogs/1.png'],
    ['cats', 'dogs'],
    [
      ['train/cats/1.png', 'cats', 'train'],
      ['test/cats/2.png', 'cats', 'test'],
    ],
  ],
  [
    'splits in other words, with a validation part',
    ['Training_Set/a/1.png', 'validation/a/2.png', 'TEST/a/3.png'],
    ['a'],
    [
      ['validation/a/2.png', 'a', 'train'],
      ['TEST/a/3.png', 'a', 'test'],
    ],
  ],
  [
    'one folder around everything',
    ['pictures/cats/1.png', 'pictures/dogs/1.png'],
    ['cats', 'dogs'],
    [['pictures/dogs/1.png', 'dogs', null]],
  ],
  [
    'two folders around splits',
    ['archive/PlantVillage/train/a/1.png', 'archive/PlantVillage/test/a/1.png'],
    ['a'],
    [['archive/PlantVillage/test/a/1.png', 'a', 'test']],
  ],
  ['a single class', ['cats/1.png', 'cats/2.png'], ['cats'], [['cats/1.png', 'cats', null]]],
  [
    'folders inside a class',
    ['cats/black/1.png', 'cats/2.png', 'dogs/3.png'],
    ['cats', 'dogs'],
    [['cats/black/1.png', 'cats', null]],
  ],
  [
    'a class that is called test among others',
    ['test/1.png', 'blank/2.png'],
    ['blank', 'test'],
    [['test/1.png', 'test', null]],
  ],
  [
    'numbers in their order',
    ['10/1.png', '9/1.png', '0/1.png'],
    ['0', '9', '10'],
    [['10/1.png', '10', null]],
  ],
  [
    'a class named as every object has one',
    ['constructor/1.png', 'b/1.png'],
    ['b', 'constructor'],
    [['constructor/1.png', 'constructor', null]],
  ],
  ['files without extensions', ['a/1', 'b/2'], ['a', 'b'], [['b/2', 'b', null]]],
])('%s are recognised', (_story, paths, classes, places) => {
  const layout = layoutOf(paths)

  expect(layout.classes).toEqual(classes)
  for (const [path, label, split] of places)
    expect(layout.placeOf(path)).toEqual({ kind: 'image', label, split })
})

test.each<[string, string[], string, string]>([
  ['not in a class folder', ['cats/1.png', 'lonely.png'], 'lonely.png', 'not in a class folder'],
  [
    'no class folder of a split',
    ['train/cats/1.png', 'train/lonely.png'],
    'train/lonely.png',
    'not in a class folder',
  ],
  ['no split', ['train/cats/1.png', 'readme.txt'], 'readme.txt', 'train/ and test/'],
  ['not in the wrapper folder', ['pics/cats/1.png', 'pics/dogs/1.png', 'readme.txt'], 'readme.txt', 'pics/'],
  [
    'a class folder whose name is endless',
    ['a/1.png', `${'b'.repeat(300)}/1.png`],
    `${'b'.repeat(300)}/1.png`,
    '300 characters',
  ],
])('a file in %s is reported as a stray file', (_story, paths, path, reason) => {
  expect(layoutOf(paths).placeOf(path)).toEqual({ kind: 'stray', reason: expect.stringContaining(reason) })
})

test('an empty list has no classes', () => {
  expect(layoutOf([]).classes).toEqual([])
  expect(layoutOf(['a.png']).classes).toEqual([])
})
