/** Labels as tools for annotation write them: in XML, in a file for each image, and in objects within objects. */
import { expect, test } from 'vitest'
import { inWords, planned } from './set-plan.fakes.ts'
import { tablePathsIn } from './table-files.ts'

const FOUR = 'img_0.jpg, img_1.jpg, img_2.jpg, img_3.jpg'
type Row = readonly [name: string, label: string, i: number]
const rows: readonly Row[] = [0, 1, 2, 3].map((i) => [`img_${i}`, i < 2 ? 'cat' : 'dog', i])
const perImage = (ending: string, content: (...row: Row) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(rows.map((row) => [`${row[0]}.${ending}`, content(...row)]))
const list = (entry: (...row: Row) => unknown): string => JSON.stringify(rows.map((row) => entry(...row)))
const via = (file: (label: string) => object, region: (label: string) => object): string =>
  JSON.stringify({
    _via_settings: { ui: {} },
    _via_img_metadata: Object.fromEntries(
      rows.map(([n, l]) => [
        `${n}.jpg12`,
        {
          filename: `${n}.jpg`,
          size: 12,
          file_attributes: file(l),
          regions: [{ region_attributes: region(l) }],
        },
      ]),
    ),
    _via_attributes: { region: {}, file: {} },
  })

test.each<[string, Readonly<Record<string, string>>]>([
  [
    'CVAT, with a tag for each image',
    {
      'annotations.xml': `<annotations><version>1.1</version>${rows
        .map(
          ([n, l, i]) =>
            `<image id="${i}" name="${n}.jpg" width="9"><tag label="${l}" source="manual"></tag></image>`,
        )
        .join('\n')}</annotations>`,
    },
  ],
  [
    'CVAT, with boxes',
    {
      'annotations.xml': `<annotations>${rows
        .map(
          ([n, l]) =>
            `<image name="pets/${n}.jpg"><box label="${l}" xtl="1"/><box label="${l}" xtl="2"/></image>`,
        )
        .join('')}</annotations>`,
    },
  ],
  [
    'Pascal VOC, with a file for each image',
    perImage(
      'xml',
      (n, l) =>
        `<annotation><filename>${n}.jpg</filename><object><name>${l}</name><bndbox/></object></annotation>`,
    ),
  ],
  [
    'labelme, with a file for each image',
    perImage('json', (n, l) =>
      JSON.stringify({
        version: '5',
        flags: {},
        shapes: [{ label: l }, { label: l }],
        imagePath: `..\\pics\\${n}.jpg`,
      }),
    ),
  ],
  [
    'labelme, with flags',
    perImage('json', (n, l) =>
      JSON.stringify({ flags: { cat: l === 'cat', dog: l === 'dog' }, shapes: [], imagePath: `${n}.jpg` }),
    ),
  ],
  [
    'a project of VIA, by file',
    {
      'via.json': via(
        (species) => ({ species }),
        () => ({}),
      ),
    },
  ],
  [
    'a project of VIA, by region',
    {
      'via.json': via(
        () => ({ caption: '' }),
        (label) => ({ class: label }),
      ),
    },
  ],
  [
    'a project of VIA, by checkbox',
    {
      'via.json': via(
        (label) => ({ kind: { [label]: true } }),
        () => ({}),
      ),
    },
  ],
  [
    'Label Studio, with rectangles',
    {
      'p.json': list((n, l) => ({
        data: { image: `/data/upload/1/abcdef12-${n}.jpg` },
        annotations: [{ result: [{ type: 'rectanglelabels', value: { x: 1, rectanglelabels: [l] } }] }],
      })),
    },
  ],
  ['V7', { 'p.json': list((n, l) => ({ item: { name: `${n}.jpg` }, annotations: [{ name: l, tag: {} }] })) }],
  [
    'Scale',
    {
      'p.json': list((n, l) => ({
        task_id: 'x',
        params: { attachment: `https://x/${n}.jpg` },
        response: { taxonomies: { category: l } },
      })),
    },
  ],
  [
    'SuperAnnotate',
    {
      'p.json': JSON.stringify(
        Object.fromEntries(
          rows.map(([n, l]) => [`${n}.jpg`, { instances: [{ type: 'tag', className: l }] }]),
        ),
      ),
    },
  ],
  [
    'Prodigy, with the options of the question',
    {
      'p.json': list((n, l) => ({
        image: `${n}.jpg`,
        options: ['cat', 'dog'].map((id) => ({ id, text: id })),
        accept: [l],
        answer: 'accept',
      })),
    },
  ],
])('read as meant: %s', (_story, tables) => {
  const plan = planned(FOUR, tables)

  expect(inWords(plan)).toBe('cat 2, dog 2')
  expect([plan.missing, plan.uncertain]).toEqual([[], []])
})

test('a file for each image is a table, whatever their number, and a text about an image is none', () => {
  const many = Array.from({ length: 300 }, (_, i) => `${i}`)
  const listing = many.flatMap((n) => [`images/${n}.jpg`, `xml/${n}.xml`, `labels/${n}.txt`])
  const paths = [...listing, 'classes.txt'].map((path) => ({ path, bytes: 100 }))

  expect(tablePathsIn(paths).filter((path) => path.endsWith('.xml'))).toHaveLength(300)
  expect(tablePathsIn(paths).filter((path) => path.endsWith('.txt'))).toEqual(['classes.txt'])
  expect(tablePathsIn(many.map((n) => ({ path: `${n}.json`, bytes: 100 })))).toEqual([])
})
