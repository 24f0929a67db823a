import { expect, test } from 'vitest'
import { isDarkroomError } from '../errors.ts'
import { planSet, type SetListing } from './set-plan.ts'

/** Of the processor, not of the clock: other programs run at the same time. Each took more than 8 s. */
const MOST_SECONDS = 5

const set = (files: number, pathOf: (i: number) => string, table?: string): SetListing => ({
  files: Array.from({ length: files }, (_, i) => ({ path: pathOf(i), bytes: 100, checksum: i })),
  tables: table === undefined ? [] : [{ path: 'labels.csv', text: table }],
})
const rows = (count: number, row: (i: number) => string): string =>
  ['filename,label', ...Array.from({ length: count }, (_, i) => row(i))].join('\n')
/** One of 2^14 spellings of the same name. */
const spelled = (i: number): string =>
  [...'abcdefghijklmn'].map((letter, bit) => ((i >> bit) & 1 ? letter.toUpperCase() : letter)).join('')

test.each<[string, () => SetListing, number]>([
  ['40,000 class folders', () => set(40_000, (i) => `c${i}/1.png`), 40_000],
  ['250 folders of 250 folders', () => set(62_500, (i) => `c${i % 250}/d${Math.floor(i / 250)}/1.png`), 250],
  [
    '20,000 classes in two parts',
    () => set(40_000, (i) => `${i % 2 ? 'train' : 'test'}/c${i >> 1}/1.png`),
    20_000,
  ],
  [
    'two parts in 20,000 classes',
    () => set(40_000, (i) => `c${i >> 1}/${i % 2 ? 'train' : 'test'}/1.png`),
    20_000,
  ],
  ['16,384 spellings of one name', () => set(16_384, (i) => `${spelled(i)}/1.png`), 16_384],
  ['20,000 copies of nothing', () => set(20_000, (i) => `cats (${i})/1.png`), 20_000],
  [
    '20,000 rows that name a file of other folders',
    () =>
      set(
        40_000,
        (i) => `d${i}/x.png`,
        rows(20_000, (i) => `e${i}/x.png,cat`),
      ),
    40_000,
  ],
  [
    'a cell with a million quotes',
    () => set(3, (i) => `${i}.png`, `filename,label\n0.png,${'a"'.repeat(1e6)}`),
    0,
  ],
])(
  '%s are read within seconds',
  (_name, make, classes) => {
    const listing = make()
    const before = process.cpuUsage()

    const plan = planSet(listing)

    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS)
    expect(plan.classes).toHaveLength(classes)
    expect(plan.sentence.length).toBeLessThan(2_000)
    expect(plan.notes.join('').length).toBeLessThan(2_000)
  },
  120_000,
)

test('a table with hundreds of possible class columns offers a few readings', () => {
  const columns = Array.from({ length: 300 }, (_, i) => `label ${i}`)
  const cells = (row: number): string => columns.map((_, i) => `w${(row * (i + 7)) % 5}`).join(',')
  const table = ['filename', ...columns].join(',') + '\n' + rows(100, (i) => `${i}.png,${cells(i)}`).slice(15)

  const plan = planSet(set(100, (i) => `${i}.png`, table))

  expect(plan.classes.map(({ name }) => name)).toEqual(['w0', 'w1', 'w2', 'w3', 'w4'])
  expect(plan.uncertain.length).toBeLessThanOrEqual(8)
})

test('a set with more folders in one another than it has files is refused', () => {
  const deep = set(2_000, (i) => `${i}/${'b/'.repeat(400)}1.png`)

  const error = (() => {
    try {
      return planSet(deep)
    } catch (caught) {
      return caught
    }
  })()

  expect(isDarkroomError(error) && error.code).toBe('bad_data_file')
})
