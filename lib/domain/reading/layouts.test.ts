/** Layouts of folders as sets really have them, and what they are read as. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

type Case = readonly [story: string, files: string, read: string, others?: string | undefined]

const CERTAIN: readonly Case[] = [
  ['class folders', 'cats*6, dogs*6', 'cats 6, dogs 6'],
  ['one wrapper', 'my-set/cats*6, my-set/dogs*6', 'cats 6, dogs 6'],
  ['two wrappers and one stray image', 'a/b/cats*6, a/b/dogs*6, a/preview.jpg', 'cats 6, dogs 6'],
  ['a stray image next to the wrapper', 'preview.jpg, my-set/cats*6, my-set/dogs*6', 'cats 6, dogs 6'],
  ['a stray image inside the wrapper', 'my-set/preview.jpg, my-set/cats*6, my-set/dogs*6', 'cats 6, dogs 6'],
  ['a stray folder next to the wrapper', 'docs/a.png, set/cats*20, set/dogs*20', 'cats 20, dogs 20'],
  ['images in the only folder, next to class folders', 'set*3, set/cats*3, set/dogs*3', 'cats 3, dogs 3'],
  ['a hidden folder around everything', '.data/cats*3, .data/dogs*3', 'cats 3, dogs 3'],
  ['masks next to images', 'a/images*3, a/masks*3, b/images*2, b/masks*2', 'a 3, b 2'],
  ['a single class', 'cats*6', 'cats 6'],
  ['a single class in a wrapper', 'my-set/cats*6', 'cats 6'],
  ['a container named images', 'images/cats*3, images/dogs*3', 'cats 3, dogs 3'],
  ['a folder named images in each class', 'cats/images*3, dogs/images*3', 'cats 3, dogs 3'],
  ['one session inside a class', 'cats*6, dogs*5, dogs/session-1*1', 'cats 6, dogs 6'],
  ['splits', 'train/cats*4, train/dogs*4, test/cats*2, test/dogs*2', 'cats 6, dogs 6 | train 8, test 4'],
  [
    'wrappers repeated in each split',
    'training_set/training_set/cats*6, training_set/training_set/dogs*6, ' +
      'test_set/test_set/cats*3, test_set/test_set/dogs*3',
    'cats 9, dogs 9 | train 12, test 6',
  ],
  [
    'wrappers at each level, and strays at each',
    'archive/data/a.jpg, archive/data/train/images/cats*20, archive/data/train/images/dogs*20, ' +
      'archive/data/train/x.jpg, archive/data/test/images/cats*5, archive/data/test/images/dogs*5',
    'cats 25, dogs 25 | train 40, test 10',
  ],
  [
    'Intel image classification, with an unlabelled part',
    'seg_train/seg_train/sea*4, seg_train/seg_train/street*4, seg_test/seg_test/sea*2, ' +
      'seg_test/seg_test/street*2, seg_pred/seg_pred*9',
    'sea 6, street 6 | train 8, test 4',
  ],
  [
    'validate',
    'train/a*4, train/b*4, validate/a*2, validate/b*2, test/a*2, test/b*2',
    'a 8, b 8 | train 8, validation 4, test 4',
  ],
  [
    'tr, dev, tst',
    'tr/a*4, tr/b*4, dev/a*2, dev/b*2, tst/a*2, tst/b*2',
    'a 8, b 8 | train 8, validation 4, test 4',
  ],
  [
    'a common word',
    'cells_train/a*4, cells_train/b*4, cells_test/a*2, cells_test/b*2',
    'a 6, b 6 | train 8, test 4',
  ],
  [
    'upper case and numbers',
    '01 TRAIN/a*4, 01 TRAIN/b*4, 02 VALID/a*2, 03 TEST/a*2',
    'a 8, b 4 | train 8, validation 2, test 2',
  ],
  ['camel case', 'TrainSet/a*4, TrainSet/b*4, TestSet/a*2', 'a 6, b 4 | train 8, test 2'],
  [
    'German',
    'Trainingsdaten/a*4, Trainingsdaten/b*4, Validierung/b*2, Testdaten/a*2',
    'a 6, b 6 | train 8, validation 2, test 2',
  ],
  ['French', 'entraînement/a*4, entraînement/b*4, test/a*2', 'a 6, b 4 | train 8, test 2'],
  [
    'Spanish',
    'entrenamiento/a*4, entrenamiento/b*4, validación/a*1, prueba/a*2',
    'a 7, b 4 | train 8, validation 1, test 2',
  ],
  ['Chinese', '训练集/猫*4, 训练集/狗*4, 测试集/猫*2', '狗 4, 猫 6 | train 8, test 2'],
  ['Japanese', '訓練データ/猫*4, 訓練データ/犬*4, テスト/猫*2', '犬 4, 猫 6 | train 8, test 2'],
  ['Russian', 'обучение/a*4, обучение/b*4, тест/a*2', 'a 6, b 4 | train 8, test 2'],
  [
    'a test part with images in a container only',
    'set/train/n01/images*4, set/train/n02/images*4, set/test/images*3',
    'n01 4, n02 4 | train 8',
  ],
  [
    'a test part with images in its repeated name only',
    'asl_train/asl_train/A*4, asl_train/asl_train/B*4, asl_test/asl_test/A_test.jpg, asl_test/asl_test/B_test.jpg',
    'A 4, B 4 | train 8',
  ],
  ['folds', 'fold1/a*2, fold1/b*2, fold2/a*2, fold2/b*2', 'a 4, b 4', 'outer-folders'],
  [
    'an augmented training part next to the training part',
    'train/a*3, train/b*3, train_aug/a*3, train_aug/b*3, val/a*1',
    'a 7, b 6 | train 12, validation 1',
  ],
  [
    'the set once more in a folder for data',
    'pets/pets/a*4, pets/pets/b*4, data/pets/a*4, data/pets/b*4',
    'a 4, b 4',
  ],
  [
    'extensions in any case',
    'Cats/a.JPG, Cats/b.Jpeg, Dogs/c.PNG, Dogs/d.WebP, Dogs/e.TIF',
    'Cats 2, Dogs 3',
  ],
  [
    'Roboflow folders',
    'pets.v1i.folder/train/a*4, pets.v1i.folder/train/b*4, pets.v1i.folder/valid/a*2, pets.v1i.folder/test/b*1, ' +
      'pets.v1i.folder/README.dataset.txt, pets.v1i.folder/README.roboflow.txt',
    'a 6, b 5 | train 8, validation 2, test 1',
  ],
  [
    'MVTec, whose training part has one class',
    'bottle/train/good*6, bottle/test/good*2, bottle/test/broken*2, bottle/ground_truth/broken*2',
    'broken 2, good 8 | train 6, test 4',
    'parts-as-classes',
  ],
  [
    'a split with one class only',
    'train/cats*4, train/dogs*4, test/cats*2',
    'cats 6, dogs 4 | train 8, test 2',
  ],
  ['only training', 'train/cats*4, train/dogs*4', 'cats 4, dogs 4 | train 8'],
  [
    'a foreign folder next to the splits',
    'train/a*40, train/b*40, test/a*9, test/b*9, extra*3',
    'a 49, b 49 | train 80, test 18',
  ],
  ['a test part without class folders', 'train/a*40, train/b*40, test*10', 'a 40, b 40 | train 80'],
  [
    'splits inside each class',
    'cats/train*4, cats/test*2, dogs/train*4, dogs/test*2',
    'cats 6, dogs 6 | train 8, test 4',
  ],
  [
    'split and class in one name',
    'train_Cats*4, train_Dogs*4, test_Cats*2, test_Dogs*2',
    'Cats 6, Dogs 6 | train 8, test 4',
  ],
  ['vehicles', 'bus*4, car*4, train*4', 'bus 4, car 4, train 4'],
  ['a class called test', 'test*4, blank*4', 'blank 4, test 4'],
  ['numbers in their order', '10*1, 9*1, 0*1', '0 1, 9 1, 10 1'],
  ['a class named as every object has one', 'constructor*1, b*1', 'b 1, constructor 1'],
  [
    'checkpoints of a notebook',
    'cats*6, dogs*6, .ipynb_checkpoints*2, cats/.ipynb_checkpoints*1',
    'cats 6, dogs 6',
  ],
  [
    'folders of network drives',
    'cats*6, dogs*6, @eaDir/cats*6, cats/@eaDir/0.jpg/a.jpg, #recycle*3, .@__thumb*4',
    'cats 6, dogs 6',
  ],
  [
    'metadata of systems',
    '__MACOSX/cats/._0.jpg, cats*6, dogs*6, $RECYCLE.BIN/S-1-5*2, System Volume Information*1, .Trash-1000/files*2',
    'cats 6, dogs 6',
  ],
  [
    'a hidden folder around everything is not needed',
    '.thumbnails*4, set/cats*6, set/dogs*6',
    'cats 6, dogs 6',
  ],
  [
    'the set once more inside, two wrappers',
    'x/x/train/a*4, x/x/train/b*4, x/x/test/a*2, x/train/a*4, x/train/b*4, x/test/a*2',
    'a 6, b 4 | train 8, test 2',
  ],
  [
    'the classes once more inside',
    'cells/sick*4, cells/well*4, cells/cells/sick*4, cells/cells/well*4',
    'sick 4, well 4',
  ],
  ['a copy of a class folder', 'cats*4, dogs*4, cats - Copy*4', 'cats 4, dogs 4'],
  [
    'the same class in two spellings in two splits',
    'train/Cats*4, train/dogs*4, test/cats*2, test/dogs*2',
    'Cats 6, dogs 6 | train 8, test 4',
    'separate-names',
  ],
  ['names with invisible characters', 'cats*4, cats\u200b*2, \u200fcats*1, dogs*3', 'cats 7, dogs 3'],
  ['files without extensions', 'a/1, a/2, b/1', 'a 2, b 1'],
  ['phone images only', 'cats/a.heic, dogs/x/b.jpg, dogs/y/b.jpg', 'cats 1, dogs 2', 'inner-folders'],
]

test.each(CERTAIN.map(([story, files, read, others = '']) => [story, files, read, others] as const))(
  'read as meant: %s',
  (_story, files, read, others) => {
    const plan = planned(files)

    expect(inWords(plan)).toBe(read)
    expect(plan.uncertain.map(({ reading }) => reading).join(' ')).toBe(others)
  },
)

const UNCERTAIN: readonly (readonly [
  story: string,
  files: string,
  read: string,
  other: string,
  instead: string,
])[] = [
  [
    'one class in sessions',
    'rust/2025-06*6, rust/2025-07*6',
    'rust 12',
    'inner-folders',
    '2025-06 6, 2025-07 6',
  ],
  [
    'a class in sessions next to a flat one',
    'rust/2025-06*6, rust/2025-07*6, well*5',
    'rust 12, well 5',
    'inner-folders',
    '2025-06 6, 2025-07 6, well 5',
  ],
  [
    'classes in sessions',
    'day 1/a*2, day 1/b*2, day 2/a*2, day 2/b*2',
    'a 4, b 4',
    'outer-folders',
    'day 1 4, day 2 4',
  ],
  [
    'two levels',
    'potato/early*2, potato/late*2, tomato/early*2, tomato/mould*2',
    'potato 4, tomato 4',
    'inner-folders',
    'early 4, late 2, mould 2',
  ],
  [
    'variants outside',
    'color/a*2, color/b*2, grayscale/a*2, grayscale/b*2',
    'a 4, b 4',
    'outer-folders',
    'color 4, grayscale 4',
  ],
  ['letters by case', 'A*6, a*6, B*6, b*6', 'A 6, B 6, a 6, b 6', 'merge-names', 'A 12, B 12'],
  ['full-width letters', 'cats*3, ｃａｔｓ*2', 'cats 3, ｃａｔｓ 2', 'merge-names', 'cats 5'],
  ['a dot at the end', 'cats*3, cats.*2', 'cats 3, cats. 2', 'merge-names', 'cats 5'],
  [
    'an unlabelled folder among classes',
    'a*3, b*3, unlabeled*2',
    'a 3, b 3',
    'all-folders',
    'a 3, b 3, unlabeled 2',
  ],
  [
    'a hidden folder',
    'cats*3, dogs*3, .birds*2',
    'cats 3, dogs 3',
    'hidden-folders',
    '.birds 2, cats 3, dogs 3',
  ],
  [
    'training next to a flat folder',
    'train/a*3, train/b*3, more*4',
    'a 3, b 3 | train 6',
    'parts-as-classes',
    'more 4, train 6',
  ],
  [
    'many images outside the splits',
    'train/a*4, test/a*4, more*9',
    'a 8 | train 4, test 4',
    'parts-as-classes',
    'more 9, test 4, train 4',
  ],
]

test.each(UNCERTAIN)('the other reading is named: %s', (_story, files, read, other, instead) => {
  const plan = planned(files)

  expect(inWords(plan)).toBe(read)
  expect(plan.uncertain.map((one) => [one.reading, inWords(one)])).toEqual([[other, instead]])
  const chosen = planned(files, {}, [other as never])
  expect(inWords(chosen)).toBe(instead)
  expect(chosen.uncertain.every(({ reading }) => reading !== other)).toBe(true)
})

test.each<[string, string, string, string]>([
  ['not in a class folder', 'cats*3, dogs*3, lonely.png', 'lonely.png', 'not in a class folder'],
  ['outside the splits', 'train/a*9, train/b*9, test/a*9, readme.txt', 'readme.txt', 'not in a class folder'],
  ['outside the wrapper', 'pics/a*3, pics/b*3, readme.txt', 'readme.txt', 'outside pics/'],
  ['an unlabelled part', 'train/a*9, train/b*9, test/a*9, pred/x.jpg', 'pred/x.jpg', 'without labels'],
  ['a long class name', `a*2, ${'b'.repeat(300)}*1`, `${'b'.repeat(300)}/0.jpg`, '300 characters'],
  ['a copy', 'x/a*2, x/b*2, x/x/a*2, x/x/b*2', 'x/a/0.jpg', 'copy'],
  ['metadata', 'a*2, b*2, a/.DS_Store', 'a/.DS_Store', 'macOS'],
  ['thumbnails', 'a*2, b*2, a/@eaDir/0.jpg', 'a/@eaDir/0.jpg', 'thumbnails'],
])('skipped with its reason: %s', (_story, files, path, reason) => {
  const plan = planned(files)

  expect(plan.placeOf(path)).toEqual({
    kind: 'skipped',
    reason: expect.stringContaining(reason),
    cause: expect.anything(),
  })
})

test('without class folders there are no classes', () => {
  expect(planned('').classes).toEqual([])
  expect(planned('a.png, b.png').classes).toEqual([])
  expect(planned('train*3, test*3').classes).toEqual([])
})
