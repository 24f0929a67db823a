/** Sets with folders and label tables that together say the classes and parts. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

const FOUR = 'img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg'
const four = (row: (name: string, label: string, i: number) => string, heading?: string): string =>
  [
    ...(heading === undefined ? [] : [heading]),
    ...[0, 1, 2, 3].map((i) => row(`img_${i}`, i < 2 ? 'cat' : 'dog', i)),
  ].join('\n')

const cocoOf = (rows: readonly (readonly [string, number])[]): string =>
  JSON.stringify({
    images: rows.map(([name], id) => ({ id, file_name: name })),
    annotations: rows.map(([, category], id) => ({ image_id: id, category_id: category })),
    categories: [
      { id: 1, name: 'cat' },
      { id: 2, name: 'dog' },
    ],
  })

test.each<[string, string, Readonly<Record<string, string>>, string]>([
  [
    'images in a folder of their own',
    'images/a.jpg, images/b.jpg',
    { 'labels.csv': 'f,l\na.jpg,cat\nb.jpg,dog' },
    'cat 1, dog 1',
  ],
  [
    'a table in each split, with the same names',
    'train/0.jpg, test/0.jpg',
    {
      'train/_classes.csv': 'filename,cat,dog\n0.jpg,1,0',
      'test/_classes.csv': 'filename,cat,dog\n0.jpg,0,1',
    },
    'cat 1, dog 1 | train 1, test 1',
  ],
  [
    'the longest tail decides',
    'a/0.jpg, b/0.jpg',
    { 't.csv': 'path,label\nx/a/0.jpg,cat\nx/b/0.jpg,dog' },
    'cat 1, dog 1',
  ],
  [
    'a column with the part',
    FOUR,
    { 't.csv': 'file,label,split\nimg_0.jpg,cat,train\nimg_1.jpg,dog,valid\nimg_2.jpg,dog,test' },
    'cat 1, dog 2 | train 1, validation 1, test 1',
  ],
  [
    'a form for predictions first',
    'train/a.jpg, train/b.jpg, test/c.jpg',
    { 'sample_submission.csv': 'id,label\nc.jpg,0', 'train.csv': 'id,label\na.jpg,cat\nb.jpg,dog' },
    'cat 1, dog 1 | train 2',
  ],
  [
    'two tables that name files',
    FOUR,
    { 'a.csv': 'f,l\nimg_0.jpg,cat', 'b.csv': 'f,l\nimg_1.jpg,dog' },
    'cat 1, dog 1',
  ],
  [
    'a table that agrees with the folders',
    'train/cats*2, train/dogs*2, test/x.jpg',
    { 't.csv': 'path,label\ntrain/cats/0.jpg,cats\ntest/x.jpg,dogs' },
    'cats 2, dogs 3 | train 4, test 1',
  ],
  [
    'a table against folders that are no classes',
    'part_a*2, part_b*2',
    { 'meta.csv': 'image,dx\npart_a/0,nv\npart_a/1,mel\npart_b/0,nv\npart_b/1,mel' },
    'mel 2, nv 2',
  ],
  [
    'an empty table next to class folders',
    'train/cats*2, train/dogs*2',
    { 'train/labels.csv': 'filename,label\n' },
    'cats 2, dogs 2 | train 4',
  ],
  [
    'lines of JSON in each split, one of them alone',
    'train/1.png, train/2.png, test/3.png',
    {
      'train/metadata.jsonl': '{"file_name":"1.png","label":0}\n{"file_name":"2.png","label":1}',
      'test/metadata.jsonl': '{"file_name":"3.png","label":1}',
    },
    '0 1, 1 2 | train 2, test 1',
  ],
  [
    'leading zeros that a spreadsheet removed',
    '001.jpg, 002.jpg',
    { 't.csv': 'id,label\n1,cat\n2,dog' },
    'cat 1, dog 1',
  ],
  [
    'COCO with folders in its names',
    'images/train/0.jpg, images/train/1.jpg, images/val/2.jpg',
    {
      'annotations/all.json': cocoOf([
        ['train/0.jpg', 1],
        ['train/1.jpg', 2],
        ['val/2.jpg', 2],
      ]),
    },
    'cat 1, dog 2 | train 2, validation 1',
  ],
  [
    'COCO in a file for each part, with the same names',
    'train2017/0.jpg, train2017/1.jpg, val2017/0.jpg, val2017/1.jpg',
    {
      'annotations/instances_train2017.json': cocoOf([
        ['0.jpg', 1],
        ['1.jpg', 2],
      ]),
      'annotations/instances_val2017.json': cocoOf([
        ['0.jpg', 2],
        ['1.jpg', 1],
      ]),
    },
    'cat 2, dog 2 | train 2, validation 2',
  ],
  [
    'the parts of FER2013, two of which are tests',
    FOUR,
    {
      'l.csv': four(
        (n, l, i) => `${n}.jpg,${l},${['Training', 'PublicTest', 'Training', 'PrivateTest'][i]!}`,
        'file,label,Usage',
      ),
    },
    'cat 2, dog 2 | train 2, test 2',
  ],
  [
    'ISIC, with the age and sex of patients in another table',
    FOUR,
    {
      'ISIC_GroundTruth.csv': four((n, _l, i) => `${n},${i < 2 ? '1.0,0.0' : '0.0,1.0'}`, 'image,MEL,NV'),
      'ISIC_Metadata.csv': four((n, _l, i) => `${n},${50 + i},${i % 2 ? 'head' : 'arm'}`, 'image,age,site'),
    },
    'MEL 2, NV 2',
  ],
  [
    'GTSRB, whose third table has the signs',
    'Train/0/00000_0.png, Train/1/00001_0.png, Test/00000.png, Test/00001.png, Meta/0.png, Meta/1.png',
    {
      'Train.csv': 'Width,ClassId,Path\n27,0,Train/0/00000_0.png\n28,1,Train/1/00001_0.png',
      'Test.csv': 'Width,ClassId,Path\n53,1,Test/00000.png\n42,0,Test/00001.png',
      'Meta.csv': 'Path,ClassId,ShapeId\nMeta/27.png,27,0\nMeta/28.png,28,1',
    },
    '0 2, 1 2 | train 2, test 2',
  ],
  [
    'tiny-imagenet, whose validation part has a table',
    'train/n01/images*2, train/n02/images*2, val/images*4, test/images*2',
    { 'val/val_annotations.txt': '0.jpg\tn01\t1\n1.jpg\tn02\t2\n2.jpg\tn01\t3\n3.jpg\tn02\t4' },
    'n01 4, n02 4 | train 4, validation 4',
  ],
  [
    'Food-101, with a list of names for each part',
    'images/pie*2, images/cake*2',
    { 'meta/train.txt': 'pie/0\ncake/0', 'meta/test.txt': 'pie/1\ncake/1', 'meta/classes.txt': 'pie\ncake' },
    'cake 2, pie 2 | train 2, test 2',
  ],
  [
    'Vertex AI, with a part and no heading',
    FOUR,
    { 'l.csv': four((n, l, i) => `${i < 3 ? 'TRAIN' : 'TEST'},gs://bucket/${n}.jpg,${l}`) },
    'cat 2, dog 2 | train 3, test 1',
  ],
  [
    'a column that marks the training images',
    FOUR,
    { 'l.csv': four((n, l, i) => `${n}.jpg,${l},${i < 3 ? 1 : 0}`, 'filename,label,is_train') },
    'cat 2, dog 2 | train 3, test 1',
  ],
  [
    'a table for each part, next to the images of both',
    FOUR,
    {
      'train.csv': 'file,label\nimg_0.jpg,cat\nimg_2.jpg,dog',
      'test.csv': 'file,label\nimg_1.jpg,cat\nimg_3.jpg,dog',
    },
    'cat 2, dog 2 | train 2, test 2',
  ],
  [
    'Kaggle, with labels for the training images only',
    'images/Train_0.jpg, images/Train_1.jpg, images/Test_0.jpg',
    { 'train.csv': 'image_id,healthy,rust\nTrain_0,0,1\nTrain_1,1,0', 'test.csv': 'image_id\nTest_0' },
    'healthy 1, rust 1',
  ],
  [
    'metadata.csv of Hugging Face in each split',
    'train/1.png, train/2.png, test/3.png',
    {
      'train/metadata.csv': 'file_name,label\n1.png,cat\n2.png,dog',
      'test/metadata.csv': 'file_name,label\n3.png,cat',
    },
    'cat 2, dog 1 | train 2, test 1',
  ],
  [
    'captions of Hugging Face, which are no labels',
    'cats/1.png, dogs/2.png',
    {
      'metadata.jsonl':
        '{"file_name":"cats/1.png","text":"a cat sits"}\n{"file_name":"dogs/2.png","text":"a dog runs"}',
    },
    'cats 1, dogs 1',
  ],
  [
    'names with accents written apart',
    'caf\u00e9.jpg, th\u00e9.jpg',
    { 'l.csv': 'file,label\ncafe\u0301.jpg,cat\nthe\u0301.jpg,dog' },
    'cat 1, dog 1',
  ],
])('tables and folders together: %s', (_story, files, tables, read) => {
  expect(inWords(planned(files, tables))).toBe(read)
})
