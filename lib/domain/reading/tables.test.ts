/** Label tables as tools write them, and what they are read as. */
import { expect, test } from 'vitest'
import { decodeText } from './table-text.ts'
import { inWords, planned } from './set-plan.fakes.ts'

const FOUR = 'img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg'
const FOUR_READ = 'cat 2, dog 2'
const lines = (...rows: string[]): string => rows.join('\n')
const four = (row: (name: string, label: string, i: number) => string, heading?: string): string =>
  lines(
    ...(heading === undefined ? [] : [heading]),
    ...[0, 1, 2, 3].map((i) => row(`img_${i}`, i < 2 ? 'cat' : 'dog', i)),
  )
test.each<[string, string, string?]>([
  ['name and label', four((n, l) => `${n}.jpg,${l}`, 'filename,label')],
  ['no heading', four((n, l) => `${n}.jpg,${l}`)],
  ['semicolons', four((n, l) => `${n}.jpg;${l}`, 'Datei;Klasse')],
  ['tabs', four((n, l) => `${n}.jpg\t${l}`, 'Bild\tKategorie')],
  ['a line that states the separator', four((n, l) => `${n}.jpg;${l}`, 'sep=;\nfile;class')],
  ['lines that end with CR', four((n, l) => `${n}.jpg,${l}`, 'filename,label').replaceAll('\n', '\r')],
  ['quotes', four((n, l) => `"${n}.jpg","${l}"`, '"filename","label"')],
  ['an index column', four((n, l, i) => `${i},${n}.jpg,${l}`, ',image,target')],
  ['an index column whose heading is a name', four((n, l, i) => `${i},${n}.jpg,${l}`, 'id,filepath,class')],
  ['commas in another column', four((n, l) => `${n}.jpg;${l};"a, b, c"`, 'file;label;note')],
  [
    'Label Studio',
    four(
      (n, l, i) => `${i},1,${l},2025-01-01T00:00:00Z,${i},/data/upload/1/1a2b3c4${i}-${n}.jpg,3.1`,
      'annotation_id,annotator,choice,created_at,id,image,lead_time',
    ),
  ],
  [
    'Label Studio with local files',
    four((n, l) => `/data/local-files/?d=pets/${n}.jpg,${l}`, 'image,choice'),
  ],
  ['lists of choices', four((n, l) => `${n}.jpg,"{""choices"": [""${l}""]}"`, 'image,choice')],
  ['Roboflow', four((n, _l, i) => `${n}.jpg, ${i < 2 ? '1, 0' : '0, 1'}`, 'filename, cat, dog')],
  ['ISIC', four((n, _l, i) => `${n},${i < 2 ? '1.0,0.0,0.0' : '0.0,1.0,0.0'}`, 'image,cat,dog,UNK')],
  ['booleans', four((n, _l, i) => `${n}.jpg,${i < 2 ? 'True,False' : 'False,True'}`, 'id,cat,dog')],
  [
    'HAM10000',
    four(
      (n, l, i) => `HAM_${i},${n},${l},histo,${60 + i}.0,male,back`,
      'lesion_id,image_id,dx,dx_type,age,sex,localization',
    ),
  ],
  [
    'two known headings',
    four((n, l, i) => `${n}.jpg,${l},${i % 2}`, 'image,diagnosis,target'),
    'column:target',
  ],
  [
    'a heading with a comma',
    four((n, l, i) => `${n}.jpg,${l},${i % 2}`, 'image,diagnosis,"target, "'),
    'column:target',
  ],
  ['Kaggle dog breeds', four((n, l) => `${n},${l}`, 'id,breed')],
  ['a class and its number', four((n, l, i) => `${n}.jpg,${i < 2 ? 0 : 1},${l}`, 'image,label,label_name')],
  ['an unknown heading', four((n, l, i) => `${n}.jpg,${l},0.${i}7`, 'a,b,c')],
  ['Windows paths', four((n, l) => `C:\\Users\\Ann\\pics\\${n}.jpg,${l}`, 'filename,label')],
  ['absolute paths', four((n, l) => `/home/ann/pics/${n}.jpg,${l}`, 'path,label')],
  ['URLs', four((n, l) => `https://example.org/a%20b/${n}.jpg?x=1,${l}`, 'url,label')],
  ['another extension', four((n, l) => `${n}.png,${l}`, 'filename,label')],
  ['another case', four((n, l) => `${n.toUpperCase()}.JPG,${l}`, 'filename,label')],
  ['no extension', four((n, l) => `${n},${l}`, 'id,label')],
  ['a list with spaces', four((n, l) => `./${n}.jpg ${l}`)],
  ['lines of JSON', four((n, l) => JSON.stringify({ file_name: `${n}.jpg`, label: l }))],
  [
    'a list in JSON',
    JSON.stringify(
      [0, 1, 2, 3].map((i) => ({
        image: `/data/upload/1/1a2b3c4d-img_${i}.jpg`,
        id: i,
        choice: i < 2 ? 'cat' : 'dog',
      })),
    ),
  ],
  ['a label per file in JSON', '{"img_0.jpg":"cat","img_1.jpg":"cat","img_2.jpg":"dog","img_3.jpg":"dog"}'],
  ['files per label in JSON', '{"cat":["img_0.jpg","img_1.jpg"],"dog":["img_2.jpg","img_3.jpg"]}'],
  [
    'Label Studio in JSON',
    JSON.stringify(
      [0, 1, 2, 3].map((i) => ({
        id: i,
        data: { image: `/data/upload/1/1a2b3c4d-img_${i}.jpg` },
        annotations: [{ result: [{ type: 'choices', value: { choices: [i < 2 ? 'cat' : 'dog'] } }] }],
      })),
    ),
  ],
  [
    'COCO',
    JSON.stringify({
      images: [0, 1, 2, 3].map((i) => ({ id: i + 7, file_name: `img_${i}.jpg` })),
      annotations: [0, 1, 2, 3].map((i) => ({
        id: i,
        image_id: i + 7,
        category_id: i < 2 ? 3 : 4,
        bbox: [0, 0, 1, 1],
      })),
      categories: [
        { id: 3, name: 'cat' },
        { id: 4, name: 'dog' },
      ],
    }),
  ],
])('read as meant: %s', (_story, table, others = '') => {
  const plan = planned(FOUR, { 'labels.csv': table })

  expect(inWords(plan)).toBe(FOUR_READ)
  expect(plan.missing).toEqual([])
  expect(plan.uncertain.map(({ reading }) => reading).join(' ')).toBe(others)
})

test('a table that names nothing here is reported with its beginning and the first file', () => {
  const plan = planned('cats/a.jpg, dogs/b.jpg', {
    'old.csv': 'filename,label\nDSC_1.jpg,cat\nDSC_2.jpg,dog',
  })

  expect(inWords(plan)).toBe('cats 1, dogs 1')
  expect(plan.placeOf('old.csv')).toMatchObject({
    kind: 'skipped',
    reason:
      'it names none of these files: it begins with "filename, label" and "DSC_1.jpg", ' +
      'and the first file is "cats/a.jpg"',
  })
})

test('a table with a heading alone is reported to have no rows', () => {
  const plan = planned('train/cats*2, train/dogs*2', { 'train/labels.csv': 'filename,label\n' })

  expect(plan.placeOf('train/labels.csv')).toMatchObject({ reason: 'it has a heading and no rows' })
})

test('rows that disagree are a conflict, and several classes in one row are no label', () => {
  const plan = planned(FOUR, {
    't.csv':
      'file,label\nimg_0.jpg,cat\nimg_0.jpg,dog\nimg_1.jpg,"[""cat"", ""dog""]"' +
      '\nimg_2.jpg,cat\nimg_2.jpg,cat\ngone.jpg,cat',
  })

  expect(plan.placeOf('img_0.jpg')).toEqual({ kind: 'conflict', labels: ['cat', 'dog'], split: null })
  expect(plan.placeOf('img_1.jpg')).toMatchObject({ reason: 'the label table gives it 2 classes: cat, dog' })
  expect(plan.placeOf('img_2.jpg')).toEqual({ kind: 'image', label: 'cat', split: null })
  expect(plan.placeOf('img_3.jpg')).toMatchObject({ reason: 'no label table lists it' })
  expect(plan.missing).toEqual(['gone.jpg'])
})

test('the folders and a table that disagree are both possible, the table first when its heading is known', () => {
  const plan = planned('a*2, b*2', { 't.csv': 'file,label\na/0.jpg,x\na/1.jpg,y\nb/0.jpg,x\nb/1.jpg,y' })

  expect(inWords(plan)).toBe('x 2, y 2')
  expect(plan.uncertain.map((one) => `${one.reading}: ${inWords(one)}`)).toEqual(['by-folders: a 2, b 2'])
})

test.each<[string, number[], string, string, boolean]>([
  ['UTF-8 with a mark', [0xef, 0xbb, 0xbf, 0xc3, 0x84], 'Ä', 'utf-8', false],
  ['UTF-8 without a mark', [0xc3, 0x84, 0x2c], 'Ä,', 'utf-8', false],
  ['Windows-1252', [0xc4, 0x70, 0x66], 'Äpf', 'windows-1252', true],
  ['UTF-16 with a mark', [0xff, 0xfe, 0xc4, 0, 0x70, 0], 'Äp', 'utf-16le', false],
  ['UTF-16, the other order', [0xfe, 0xff, 0, 0xc4, 0, 0x70], 'Äp', 'utf-16be', false],
  ['Spanish', [...'ni\xf1o,\xbfqu\xe9?'].map((c) => c.charCodeAt(0)), 'niño,¿qué?', 'windows-1252', true],
  ['Russian of Windows', [0xea, 0xee, 0xf8, 0xea, 0xe0], 'кошка', 'windows-1251', true],
  ['Shift-JIS', [0x94, 0x4c, 0x2c, 0x83, 0x8a, 0x83, 0x93, 0x83, 0x53], '猫,リンゴ', 'shift_jis', true],
  ['GBK', [0xc6, 0xbb, 0xb9, 0xfb, 0x2c, 0xcf, 0xe3, 0xbd, 0xb6], '苹果,香蕉', 'gbk', true],
  ['Big5', [0xc4, 0xab, 0xaa, 0x47, 0x2c, 0xad, 0xbb, 0xbf, 0xbc], '蘋果,香蕉', 'big5', true],
  ['UTF-16 without a mark', [0x61, 0, 0x62, 0, 0x63, 0], 'abc', 'utf-16le', true],
])('the text of a table is decoded: %s', (_story, bytes, text, encoding, isGuess) => {
  expect(decodeText(Uint8Array.from(bytes))).toEqual({ text, encoding, isGuess })
})
