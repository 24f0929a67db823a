import { expect, test } from 'vitest'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { IMAGES_AT_ONCE, type ImageFilters } from '../filters.ts'
import type { Edit } from './sample-edit.ts'
import { leavesList, shownSamples, type PendingEdit, type SampleList } from './sample-list.ts'

const image = (id: string): SampleAnswer => ({
  id,
  classifier: 'signs',
  label: null,
  split: null,
  hash: id.padEnd(64, '0'),
  width: 64,
  height: 64,
  size_bytes: 1_000,
  filename: `${id}.png`,
  source: 'upload',
  is_excluded: false,
  excluded_at: null,
  group_id: null,
  trashed_at: null,
  created_at: '2026-01-01T00:00:00.000Z',
  predicted: null,
  image_url: `/api/samples/${id}/image`,
})
const UNLABELLED: ImageFilters = { state: 'unlabelled' }
const labelled = (id: string, label: string): PendingEdit => ({ ids: [id], edit: { label } })
const listOf = (ids: readonly string[], pending: readonly PendingEdit[] = []): SampleList => ({
  total: ids.length,
  pages: new Map(
    Array.from({ length: Math.ceil(ids.length / IMAGES_AT_ONCE) }, (_, page) => [
      page,
      ids.slice(page * IMAGES_AT_ONCE, (page + 1) * IMAGES_AT_ONCE).map(image),
    ]),
  ),
  pending,
})

test('three keys faster than the server label three images, not one of them three times', () => {
  let list = listOf(['a', 'b', 'c'])
  const labels: string[] = []

  for (let key = 0; key < 3; key++) {
    const { id } = shownSamples(list, UNLABELLED).at(0)!
    labels.push(id)
    list = { ...list, pending: [...list.pending, labelled(id, 'star')] }
  }

  expect(labels).toEqual(['a', 'b', 'c'])
  expect(shownSamples(list, UNLABELLED)).toMatchObject({ total: 0 })
})

test('an answer that was on its way does not bring back an image with a label', () => {
  const list = listOf(['b', 'c'], [labelled('a', 'star'), labelled('b', 'star')])

  const shown = shownSamples(list, UNLABELLED)

  expect(shown.total).toBe(1)
  expect(shown.at(0)?.id).toBe('c')
  expect(shown.isHidden('b')).toBe(true)
})

test('the image that follows the last one of a page is the first of the next page', () => {
  const ids = Array.from({ length: IMAGES_AT_ONCE + 2 }, (_, i) => `image-${i}`)
  const list = listOf(ids, [labelled('image-3', 'star'), labelled('image-7', 'star')])

  const shown = shownSamples(list, UNLABELLED)

  expect(shown.at(3)?.id).toBe('image-4')
  expect(shown.at(IMAGES_AT_ONCE - 2)?.id).toBe(`image-${IMAGES_AT_ONCE}`)
  expect(shown.onServer({ first: 0, end: IMAGES_AT_ONCE })).toEqual({ first: 0, end: IMAGES_AT_ONCE + 2 })
  expect(shown.onServer({ first: 0, end: 0 })).toEqual({ first: 0, end: 0 })
})

test('a change that leaves the image in the list is shown at once, the later one last', () => {
  const change = (edit: Edit): PendingEdit => ({ ids: ['a'], edit })
  const list = listOf(
    ['a', 'b'],
    [change({ is_excluded: true }), change({ is_excluded: false, label: 'ring' })],
  )

  const shown = shownSamples(list, {})

  expect(shown.total).toBe(2)
  expect(shown.at(0)).toMatchObject({ id: 'a', is_excluded: false, label: 'ring' })
})

test.each<[Edit, ImageFilters, boolean]>([
  [{ label: 'star' }, { state: 'unlabelled' }, true],
  [{ label: null }, { state: 'unlabelled' }, false],
  [{ label: null }, { state: 'active' }, true],
  [{ label: 'star' }, { label: 'ring' }, true],
  [{ label: 'ring' }, { label: 'ring' }, false],
  [{ label: 'star' }, {}, false],
  [{ split: 'test' }, { split: 'train' }, true],
  [{ split: 'test' }, { split: 'test' }, false],
  [{ is_excluded: true }, { state: 'active' }, true],
  [{ is_excluded: true }, { state: 'unlabelled' }, true],
  [{ is_excluded: true }, {}, false],
  [{ is_excluded: false }, { state: 'excluded' }, true],
  [{ is_trashed: true }, {}, true],
  [{ is_trashed: true }, { state: 'trashed' }, false],
  [{ is_trashed: false }, { state: 'trashed' }, true],
])('after %j an image of the list %j leaves it: %s', (edit, filters, leaves) =>
  expect(leavesList(edit, filters)).toBe(leaves),
)
