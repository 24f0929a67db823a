import { expect, test } from 'vitest'
import { changeText, describedSample } from './sample-text.ts'

test.each([
  [{ label: 'oak' }, 3, '3 images labelled “oak”.'],
  [{ label: null }, 1, 'Label removed from 1 image.'],
  [{ split: 'train' as const }, 2, '2 images moved to the training set.'],
  [{ is_excluded: true }, 1, '1 image excluded from training.'],
  [{ is_excluded: false }, 2, '2 images included again.'],
  [{ is_trashed: true }, 2, '2 images moved to the trash.'],
  [{ is_trashed: false }, 1, '1 image restored.'],
  [{ label: 'oak' }, 0, 'No changes were needed.'],
])('%j of %i images is stated', (edit, count, text) => expect(changeText(edit, count)).toBe(text))

const sample: Parameters<typeof describedSample>[0] = {
  id: '0193',
  classifier: 'leaves',
  label: 'oak',
  split: 'test',
  hash: 'a'.repeat(64),
  width: 8,
  height: 8,
  size_bytes: 100,
  source: 'upload',
  filename: 'leaf.png',
  is_excluded: true,
  excluded_at: null,
  trashed_at: null,
  group_id: null,
  created_at: '2026-11-30T10:00:00.000Z',
  image_url: '/api/samples/0193/image',
  predicted: { class: 'beech', confidence: 0.9, version: 'v1' },
}

test('a tile is described with its label, state and a prediction that differs', () => {
  expect(describedSample(sample)).toBe('oak, leaf.png, test set, excluded, predicted as beech')
  expect(describedSample({ ...sample, label: null, split: null, is_excluded: false, predicted: null })).toBe(
    'No label, leaf.png',
  )
})
