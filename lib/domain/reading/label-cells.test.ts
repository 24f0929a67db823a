/** What the cells of a label table say: missing values, numbers that were widened, probabilities, several classes. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

const FOUR = 'img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg'
const four = (row: (name: string, label: string, i: number) => string, heading: string): string =>
  [heading, ...[0, 1, 2, 3].map((i) => row(`img_${i}.jpg`, i < 2 ? 'cat' : 'dog', i))].join('\n')

test.each<[string, string, string]>([
  [
    'missing values of pandas',
    four((n, l, i) => `${n},${i === 3 ? 'NaN' : l}`, 'file,label'),
    'cat 2, dog 1',
  ],
  [
    'a class called None',
    four((n, l, i) => `${n},${i === 3 ? 'None' : l}`, 'file,label'),
    'None 1, cat 2, dog 1',
  ],
  ['numbers of pandas', four((n, _l, i) => `${n},${i < 2 ? '0.0' : '1.0'}`, 'file,label'), '0 2, 1 2'],
  [
    'probabilities',
    four((n, _l, i) => `${n},${i < 2 ? '0.98,0.02' : '0.1,0.9'}`, 'file,cat,dog'),
    'cat 2, dog 2',
  ],
  [
    'a row without a winner',
    four((n, _l, i) => `${n},${i < 2 ? '0.5,0.5' : '0.1,0.9'}`, 'file,cat,dog'),
    'dog 2',
  ],
  ['1 and -1', four((n, _l, i) => `${n},${i < 2 ? '1,-1' : '-1,1'}`, 'file,cat,dog'), 'cat 2, dog 2'],
  [
    'headings with a prefix',
    four((n, _l, i) => `${n},${i < 2 ? '1,0' : '0,1'}`, 'file,label_cat,label_dog'),
    'cat 2, dog 2',
  ],
  [
    'several classes in a cell',
    four((n, l, i) => `${n},${i === 1 ? 'cat|dog' : l}`, 'file,Finding Labels'),
    'cat 1, dog 2',
  ],
  [
    'several classes with spaces',
    four((n, l, i) => `${n},${i === 1 ? 'dog cat' : l}`, 'file,labels'),
    'cat 1, dog 2',
  ],
  ['a name with a comma', four((n, l) => `${n},"${l}, young"`, 'file,label'), 'cat, young 2, dog, young 2'],
  ['Markdown', four((n, l) => `| ${n} | ${l} |`, '| file | label |\n|:---|---|'), 'cat 2, dog 2'],
  ['colons', four((n, l) => `${n}: ${l}`, '').trim(), 'cat 2, dog 2'],
  ['who labelled it', four((n, l, i) => `${n},${l},${(i % 2) + 1}`, 'file,animal,annotator'), 'cat 2, dog 2'],
])('read as meant: %s', (_story, table, read) => {
  const plan = planned(FOUR, { 'labels.csv': table })

  expect(inWords(plan)).toBe(read)
  expect([plan.missing, plan.uncertain]).toEqual([[], []])
})

test('captions are no other reading of class folders', () => {
  const plan = planned('train/cat/1.png, train/dog/2.png', {
    'train/metadata.csv': 'file_name,caption\ncat/1.png,a cat\ndog/2.png,a dog',
  })

  expect(inWords(plan)).toBe('cat 1, dog 1 | train 2')
  expect(plan.uncertain).toEqual([])
})

test('a table of pixels says so', () => {
  const plan = planned('', { 'fer2013.csv': 'emotion,pixels,Usage\n0,70 80,Training' })

  expect(plan.placeOf('fer2013.csv')).toMatchObject({
    reason: expect.stringContaining('the pixels of images'),
  })
})
