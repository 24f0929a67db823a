/** Label tables in the forms of many tools, each of the same four images. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'

const FOUR = 'img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg'
const four = (row: (name: string, label: string, i: number) => string, heading?: string): string =>
  [
    ...(heading === undefined ? [] : [heading]),
    ...[0, 1, 2, 3].map((i) => row(`img_${i}`, i < 2 ? 'cat' : 'dog', i)),
  ].join('\n')
const listInJson = (row: (name: string, label: string, i: number) => unknown): string =>
  JSON.stringify([0, 1, 2, 3].map((i) => row(`img_${i}`, i < 2 ? 'cat' : 'dog', i)))
const inJson = (entry: (name: string, label: string) => readonly [string, unknown]): string =>
  JSON.stringify(Object.fromEntries([0, 1, 2, 3].map((i) => entry(`img_${i}`, i < 2 ? 'cat' : 'dog'))))

test.each<[string, string]>([
  ['single quotes', four((n, l) => `'${n}.jpg','${l}'`, "'file','class'")],
  ['cells as Excel formulas', four((n, l) => `="${n}.jpg",="${l}"`, 'file,class')],
  ['a line before the heading', `# exported 2024\n${four((n, l) => `${n}.jpg,${l}`, 'file,class')}`],
  ['a line break in another column', four((n, l) => `${n}.jpg,"a\nb",${l}`, 'filename,note,label')],
  ['quotes, semicolons and CR', four((n, l) => `"${n}.jpg";"${l}"`, '"f";"l"').replaceAll('\n', '\r')],
  [
    'ids, with addresses that are not in the set',
    four((n, l) => `${n},${l},https://x/photos/medium.jpg`, 'id,class,url'),
  ],
  ['Y and N', four((n, _l, i) => `${n}.jpg,${i < 2 ? 'Y,N' : 'N,Y'}`, 'file,cat,dog')],
  [
    'VGG Image Annotator',
    four(
      (n, l) => `${n}.jpg,1234,"{}",0,0,"{}","{""class"":""${l}""}"`,
      '#filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes',
    ),
  ],
  [
    'VGG Image Annotator in JSON',
    inJson((n, l) => [
      `${n}.jpg1234`,
      { filename: `${n}.jpg`, size: 1234, regions: [], file_attributes: { class: l } },
    ]),
  ],
  ['Vertex AI, without a part', four((n, l) => `UNASSIGNED,gs://bucket/${n}.jpg,${l}`)],
  [
    'Vertex AI in lines of JSON',
    four((n, l) =>
      JSON.stringify({ imageGcsUri: `gs://b/${n}.jpg`, classificationAnnotation: { displayName: l } }),
    ),
  ],
  [
    'Azure Custom Vision',
    listInJson((n, l, i) => ({
      id: `g${i}`,
      originalImageUri: `https://x/${n}.jpg?sv=1`,
      tags: [{ tagId: 't', tagName: l, created: '2024' }],
      regions: null,
    })),
  ],
  [
    'Labelbox',
    four((n, l, i) =>
      JSON.stringify({
        data_row: { id: `x${i}`, external_id: `${n}.jpg`, row_data: 'https://s/x' },
        projects: {
          p: {
            labels: [{ annotations: { classifications: [{ name: 'kind', radio_answer: { name: l } }] } }],
          },
        },
      }),
    ),
  ],
  ['FiftyOne', '{"classes":["cat","dog"],"labels":{"img_0":0,"img_1":0,"img_2":1,"img_3":1}}'],
  [
    'FiftyOne with samples',
    JSON.stringify({
      samples: JSON.parse(
        listInJson((n, l) => ({
          filepath: `data/${n}.jpg`,
          tags: [],
          ground_truth: { _cls: 'Classification', label: l },
        })),
      ) as unknown,
    }),
  ],
  ['pairs in JSON', listInJson((n, l) => [`${n}.jpg`, l])],
  ['an object per file in JSON', inJson((n, l) => [`${n}.jpg`, { label: l, width: 3 }])],
  [
    'a list in an object in JSON',
    `{"version":1,"data":${listInJson((n, l) => ({ filename: `${n}.jpg`, label: l }))}}`,
  ],
  [
    'Label Studio in JSON, with the name of the uploaded file',
    listInJson((n, l, i) => ({
      id: i,
      file_upload: `1a2b3c4d-${n}.jpg`,
      data: { image: 'x' },
      annotations: [{ result: [{ value: { choices: [l] } }] }],
    })),
  ],
  [
    'Label Studio in small JSON, from a bucket',
    listInJson((n, l, i) => ({ image: `s3://bucket/x/${n}.jpg`, id: i, choice: { choices: [l] } })),
  ],
])('read as meant: %s', (_story, table) => {
  const plan = planned(FOUR, { 'labels.csv': table })

  expect(inWords(plan)).toBe('cat 2, dog 2')
  expect(plan.missing).toEqual([])
  expect(plan.uncertain).toEqual([])
})
