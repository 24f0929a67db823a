/** Parts of a set that are named together with their class, folds, and wrappers with images on the way. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

test.each([
  [
    'the part after the class',
    'cats*6, cats_test*2, dogs*6, dogs_test*2',
    'cats 8, dogs 8 | train 12, test 4',
    '',
  ],
  [
    'the part in brackets',
    'cats*6, dogs*6, cats (test)*2, dogs (val)*2',
    'cats 8, dogs 8 | train 12, validation 2, test 2',
    '',
  ],
  [
    'the part before the class',
    'Early blight*6, rust*6, test-early blight*2',
    'Early blight 8, rust 6 | train 12, test 2',
    '',
  ],
  ['a class with the word in its name', 'cats*6, dogs*6, blood test*2', 'blood test 2, cats 6, dogs 6', ''],
  [
    'Rock Paper Scissors, whose training part has no part in its name',
    'rps/rps/paper*4, rps/rps/rock*4, rps-test-set/rps-test-set/paper*2, rps-test-set/rps-test-set/rock*2',
    'paper 6, rock 6 | train 8, test 4',
    '',
  ],
  [
    'a wrapper named like its part',
    'train/train_images/a*4, train/train_images/b*4, test/test_images/a*2, test/test_images/b*2',
    'a 6, b 6 | train 8, test 4',
    '',
  ],
  [
    'a wrapper named like a part',
    'Training data/train/a*3, Training data/train/b*3, Training data/val/a*2',
    'a 5, b 3 | train 6, validation 2',
    '',
  ],
  [
    'FER 2013, with two test parts',
    'Training/angry*4, Training/happy*4, PublicTest/angry*2, PrivateTest/happy*2',
    'angry 6, happy 6 | train 8, test 4',
    '',
  ],
  [
    'a wrapper repeated twice with images at each level',
    'x/x/x/a*4, x/x/x/b*4, x/x/0.png, x/1.png, x/2.png',
    'a 4, b 4',
    '',
  ],
  ['masks next to a folder of images', 'masks/a*3, masks/b*3, images/a*3, images/b*3', 'a 3, b 3', ''],
  [
    'masks next to their images',
    'a/x (1).png, a/x (1)_mask.png, a/x (1)_mask_1.png, b/y.png, b/y_mask.png, b/face_mask.png',
    'a 1, b 2',
    '',
  ],
  [
    'Office-31, which has the classes in a container of each domain',
    'amazon/images/bike*3, amazon/images/mug*3, dslr/images/bike*2, dslr/images/mug*2',
    'amazon 6, dslr 4',
    'inner-folders',
  ],
  ['numbered folds', 'k1/a*3, k1/b*3, k2/a*3, k2/b*3', 'a 6, b 6', 'outer-folders'],
])('read as meant: %s', (_story, files, read, others) => {
  const plan = planned(files)

  expect(inWords(plan)).toBe(read)
  expect(plan.uncertain.map(({ reading }) => reading).join(' ')).toBe(others)
})
