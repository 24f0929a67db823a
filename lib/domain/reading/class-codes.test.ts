/** Classes that are numbers or identifiers, with a file that has their names. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

const FOUR = 'img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg'
const NUMBERS = { 'train.csv': 'image_id,label\nimg_0.jpg,0\nimg_1.jpg,0\nimg_2.jpg,1\nimg_3.jpg,1' }
const WNIDS = 'train/n01440764*2, train/n01443537*2'

test.each<[string, string, Readonly<Record<string, string>>, string]>([
  ['a map of numbers', FOUR, { ...NUMBERS, 'label_map.json': '{"0":"cat","1":"dog"}' }, 'cat 2, dog 2'],
  ['a map of names', FOUR, { ...NUMBERS, 'label_map.json': '{"cat":0,"dog":1}' }, 'cat 2, dog 2'],
  [
    'a table of numbers and names',
    FOUR,
    { ...NUMBERS, 'names.csv': 'id,name\n0,cat\n1,dog' },
    'cat 2, dog 2',
  ],
  [
    'a map of numbers that are also names of files',
    '1.jpg, 2.jpg, 3.jpg, 4.jpg',
    {
      'train.csv': 'image_id,label\n1.jpg,0\n2.jpg,0\n3.jpg,1\n4.jpg,1',
      'label_map.json': '{"0":"cat","1":"dog","2":"cow"}',
    },
    'cat 2, dog 2',
  ],
  ['a list of names from 0', FOUR, { ...NUMBERS, 'classes.txt': 'cat\ndog\n' }, 'cat 2, dog 2'],
  ['a list for folders from 1', '1*2, 2*2', { 'classes.txt': 'cat\ndog\n' }, 'cat 2, dog 2'],
  [
    'ImageNet',
    WNIDS,
    { 'words.txt': 'n01440764\ttench, Tinca tinca\nn01443537\tgoldfish, Carassius auratus\nn02084071\tdog' },
    'goldfish 2, tench 2 | train 4',
  ],
  [
    'ImageNet on Kaggle',
    WNIDS,
    { 'LOC_synset_mapping.txt': 'n01440764 tench, Tinca tinca\nn01443537 goldfish, Carassius auratus' },
    'goldfish 2, tench 2 | train 4',
  ],
])('the names are used: %s', (_story, files, tables, read) => {
  const plan = planned(files, tables)

  expect(inWords(plan)).toBe(read)
  expect(plan.uncertain.map(({ reading }) => reading)).toEqual(['class-codes'])
  expect(plan.notes).toEqual([
    expect.stringMatching(/^The names of the classes are from .+: \w+ is "\w+"\.$/),
  ])
  expect(inWords(planned(files, tables, ['class-codes']))).not.toBe(read)
})

test.each<[string, string, Readonly<Record<string, string>>, string]>([
  ['a list of something else', '0*2, 1*2', { 'notes.txt': 'cat\ndog\n' }, '0 2, 1 2'],
  ['a list that lacks a class', '0*2, 7*2', { 'classes.txt': 'cat\ndog\n' }, '0 2, 7 2'],
  ['names that are numbers', '0*2, 1*2', { 'sizes.csv': 'class,size\n0,17\n1,18' }, '0 2, 1 2'],
  ['classes with names', 'cat*2, dog*2', { 'classes.txt': 'Katze\nHund\n' }, 'cat 2, dog 2'],
])('the classes stay as they are: %s', (_story, files, tables, read) => {
  const plan = planned(files, tables)

  expect(inWords(plan)).toBe(read)
  expect(plan.uncertain).toEqual([])
})
