/** Sets whose file names say the classes, and names that say none. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

test.each([
  ['in no folder', 'cat_001.jpg, cat_002.jpg, dog_001.jpg, dog_002.jpg', 'cat 2, dog 2', ''],
  [
    'Dogs vs. Cats, whose test images have no class',
    'train/cat.0.jpg, train/cat.1.jpg, train/dog.0.jpg, train/dog.1.jpg, test1/1.jpg, test1/2.jpg',
    'cat 2, dog 2 | train 4',
    '',
  ],
  [
    'Oxford pets, with words joined by _',
    'images/great_pyrenees_1.jpg, images/great_pyrenees_12.jpg, images/Birman_1.jpg, images/Birman_2.jpg',
    'Birman 2, great_pyrenees 2',
    'by-folders',
  ],
  [
    'numbers in brackets, as Windows gives them',
    'data/cat (1).jpg, data/cat (2).jpg, data/dog (1).jpg, data/dog (2).jpg',
    'cat 2, dog 2',
    'by-folders',
  ],
  [
    'no Latin letters',
    'images/猫1.jpg, images/猫2.jpg, images/犬_1.jpg, images/犬_2.jpg',
    '犬 2, 猫 2',
    'by-folders',
  ],
  [
    'numbers first',
    'images/001_cat.jpg, images/002_cat.jpg, images/003_dog.jpg, images/004_dog.jpg',
    'cat 2, dog 2',
    'by-folders',
  ],
  [
    'one class folder: only as another reading',
    'cats/tabby_1.jpg, cats/tabby_2.jpg, cats/manx_1.jpg, cats/manx_2.jpg',
    'cats 4',
    'by-names',
  ],
  ['class folders decide', 'cats/a_1.jpg, cats/a_2.jpg, dogs/b_1.jpg, dogs/b_2.jpg', 'cats 2, dogs 2', ''],
  [
    'names of cameras',
    'images/IMG_1.jpg, images/IMG_2.jpg, images/DSC_1.jpg, images/DSC_2.jpg',
    'images 4',
    '',
  ],
  [
    'dates',
    'images/2024-05-01.jpg, images/2024-05-02.jpg, images/may_1.jpg, images/may_2.jpg',
    'images 4',
    '',
  ],
  ['one image of each', 'images/a1f.jpg, images/b2.jpg, images/c3.jpg', 'images 3', ''],
])('file names: %s', (_story, files, read, others) => {
  const plan = planned(files)

  expect(inWords(plan)).toBe(read)
  expect(plan.uncertain.map(({ reading }) => reading).join(' ')).toBe(others)
})

test('the reading by file names can be refused and chosen', () => {
  const files = 'images/cat_1.jpg, images/cat_2.jpg, images/dog_1.jpg, images/dog_2.jpg'

  expect(inWords(planned(files, {}, ['by-folders']))).toBe('images 4')
  expect(inWords(planned('cats/a_1.jpg, cats/a_2.jpg, cats/b_1.jpg, cats/b_2.jpg', {}, ['by-names']))).toBe(
    'a 2, b 2',
  )
  expect(planned(files).notes).toEqual([
    'The beginnings of the file names are the classes: cat_1.jpg is "cat".',
  ])
})
