import { expect, test } from 'vitest'
import { registerVersion } from '../versions/sealed.fakes.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import { counts, fruitWithImages, listed } from './fruit.fakes.ts'

const changesOf = async (data: OpenData) =>
  (await data.queries.listChanges({ classifier: 'fruit', limit: 20 })).changes
const undo = { skip_conflicts: false }

test('a rename can be undone, and the undo can be undone', async () => {
  const { data, edits } = await fruitWithImages()
  const { id } = await registerVersion(data)
  const renamed = await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pome' })

  const back = await edits.undoChange({ id: renamed.change, ...undo })
  expect(await counts(data)).toEqual({ apple: 2, lime: 1, plum: 1 })
  expect((await data.versions.verify(id)).classes).toEqual(['apple', 'lime', 'plum'])

  await edits.undoChange({ id: back.change!.id, ...undo })
  expect((await listed(data)).map((one) => one.class)).toEqual(['pome', 'lime', 'plum'])
  expect((await changesOf(data)).map((one) => [one.kind, one.class])).toEqual([
    ['undo', { edit: 'renamed', name: 'apple', other: 'pome' }],
    ['undo', { edit: 'renamed', name: 'pome', other: 'apple' }],
    ['rename_class', { edit: 'renamed', name: 'apple', other: 'pome' }],
  ])
})

test('a merged or removed class returns to its place among the classes, with images or without', async () => {
  const { data, edits } = await fruitWithImages()
  await edits.addClass({ id: 'fruit', class: 'pear' })
  const order = (await listed(data)).map((one) => one.class)
  const changes = [
    await edits.changeClass({ id: 'fruit', class: 'apple', merge_into: 'plum' }),
    await edits.removeClass({ id: 'fruit', class: 'lime', with_images: true }),
    await edits.removeClass({ id: 'fruit', class: 'pear', with_images: false }),
  ]
  expect((await changesOf(data)).map(({ kind, count }) => [kind, count])).toEqual([
    ['remove_class', 0],
    ['remove_class', 1],
    ['merge_classes', 2],
  ])
  expect(await counts(data)).toEqual({ plum: 3 })

  for (const { change } of changes.toReversed()) await edits.undoChange({ id: change, ...undo })

  expect((await listed(data)).map((one) => one.class)).toEqual(order)
  expect(await counts(data)).toEqual({ apple: 2, lime: 1, plum: 1, pear: 0 })
  expect(await data.trash.list({ limit: 9 })).toEqual([])
})

test('undoing the undo of a merge merges the classes again', async () => {
  const { data, edits } = await fruitWithImages()
  const { change } = await edits.changeClass({ id: 'fruit', class: 'apple', merge_into: 'plum' })
  const back = await edits.undoChange({ id: change, ...undo })

  await edits.undoChange({ id: back.change!.id, ...undo })

  expect(await counts(data)).toEqual({ lime: 1, plum: 3 })
})

test('a merge is undone under the names that its classes have got since', async () => {
  const { data, edits } = await fruitWithImages()
  const { change } = await edits.changeClass({ id: 'fruit', class: 'apple', merge_into: 'plum' })
  await edits.changeClass({ id: 'fruit', class: 'plum', new_name: 'stone fruit' })
  expect((await changesOf(data))[1]?.class).toEqual({
    edit: 'removed',
    name: 'apple',
    other: 'stone fruit',
  })

  await edits.undoChange({ id: change, ...undo })

  expect(await counts(data)).toEqual({ apple: 2, lime: 1, 'stone fruit': 1 })
})

test('no rename is undone while its class has another name, its old name is taken, or an upload runs', async () => {
  const { data, edits } = await fruitWithImages()
  const first = await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pome' })
  const second = await edits.changeClass({ id: 'fruit', class: 'pome', new_name: 'fruit' })

  await expect(edits.undoChange({ id: first.change, ...undo })).rejects.toMatchObject({
    code: 'conflict',
    why: expect.stringContaining('no class "pome"'),
  })
  await edits.addClass({ id: 'fruit', class: 'pome' })
  await expect(edits.undoChange({ id: second.change, ...undo })).rejects.toMatchObject({ code: 'conflict' })
  await edits.removeClass({ id: 'fruit', class: 'pome', with_images: false })
  const upload = await data.uploads.begin('fruit')
  await expect(edits.undoChange({ id: second.change, ...undo })).rejects.toMatchObject({
    what: 'This change was not undone',
    why: expect.stringContaining('an upload'),
  })
  await data.uploads.change(upload.id, { state: 'done' })

  await edits.undoChange({ id: second.change, ...undo })
  await edits.undoChange({ id: first.change, ...undo })

  expect(await counts(data)).toEqual({ apple: 2, lime: 1, plum: 1 })
})

test('an image that got another label since the merge is named, and keeps it when the others are undone', async () => {
  const { data, edits, ids } = await fruitWithImages()
  const { change } = await edits.changeClass({ id: 'fruit', class: 'apple', merge_into: 'plum' })
  await edits.changeSample({ id: ids[0]!, label: 'lime' })

  await expect(edits.undoChange({ id: change, ...undo })).rejects.toMatchObject({ code: 'conflict' })
  expect(await counts(data)).toEqual({ lime: 2, plum: 2 })
  await edits.undoChange({ id: change, skip_conflicts: true })
  expect(await counts(data)).toEqual({ apple: 1, lime: 2, plum: 1 })
})

test('a class that gets the name of a merged or removed one does not get its images', async () => {
  const { data, edits } = await fruitWithImages()
  const { id } = await registerVersion(data)
  const merged = await edits.changeClass({ id: 'fruit', class: 'lime', merge_into: 'plum' })
  const renamed = await edits.changeClass({ id: 'fruit', class: 'plum', new_name: 'lime' })

  expect((await data.versions.verify(id)).classes).toEqual(['apple', 'lime (2)', 'lime'])
  await edits.undoChange({ id: renamed.change, ...undo })
  await edits.undoChange({ id: merged.change, ...undo })
  expect(await counts(data)).toEqual({ apple: 2, 'lime (2)': 1, plum: 1 })

  const removed = await edits.removeClass({ id: 'fruit', class: 'plum', with_images: true })
  await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'plum' })
  await edits.undoChange({ id: removed.change, ...undo })
  expect(await counts(data)).toEqual({ 'lime (2)': 1, plum: 2, 'plum (2)': 1 })
})

test('undoing a rename leaves another class that has got the name since as it is', async () => {
  const { edits } = await fruitWithImages()
  const { change } = await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pome' })
  await edits.changeClass({ id: 'fruit', class: 'pome', new_name: 'core' })
  await edits.addClass({ id: 'fruit', class: 'pome' })

  await expect(edits.undoChange({ id: change, ...undo })).rejects.toMatchObject({
    code: 'conflict',
    why: expect.stringContaining('the class that is called "pome" now is another one'),
  })
})
