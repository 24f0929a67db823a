import { expect, test } from 'vitest'
import { editsOf, openForTest, predictionOf } from '../opened.fakes.ts'
import { registerVersion, shipClassifier } from '../versions/sealed.fakes.ts'
import { counts, fruitWithImages } from './fruit.fakes.ts'

test('a renamed class has its new name in images, versions, their figures and snapshots', async () => {
  const { data, edits } = await fruitWithImages()
  const { id: frozen } = await data.snapshots.freeze('fruit', [
    { hash: 'aa', label: 'apple', split: 'train', group: null },
  ])
  const { id } = await registerVersion(data)

  const { changed, classes } = await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'Apfel' })

  expect(changed).toBe(2)
  expect(classes.map((one) => [one.class, one.images])).toEqual([
    ['Apfel', 2],
    ['lime', 1],
    ['plum', 1],
  ])
  const version = await data.versions.verify(id)
  expect(version.classes).toEqual(['Apfel', 'lime', 'plum'])
  expect(version.card.test?.per_class.map((one) => one.class)).not.toContain('apple')
  expect((await data.snapshots.entriesOf(frozen)).map(({ label }) => label)).toEqual(['Apfel'])
  await data.promotions.promote({ versionId: id, by: 'Ada', reason: null })
  expect((await data.classifiers.get('fruit')).classes).toEqual(['Apfel', 'lime', 'plum'])
})

test('renames that follow one another apply to a version in their order', async () => {
  const { data, edits } = await fruitWithImages()
  await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'red' })
  await edits.changeClass({ id: 'fruit', class: 'lime', new_name: 'apple' })

  const { classes } = await registerVersion(data) // sealed before them, with apple, lime, plum

  expect(classes).toEqual(['red', 'apple', 'plum'])
})

test('a change before a rename can still be undone', async () => {
  const { data, edits, ids } = await fruitWithImages()
  const { change } = await edits.changeSamples({ ids: [ids[2]!], label: 'apple' })
  await edits.changeClass({ id: 'fruit', class: 'lime', new_name: 'citrus' })
  await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pome' })

  await edits.undoChange({ id: change!.id, skip_conflicts: false })

  expect(await counts(data)).toEqual({ pome: 2, citrus: 1, plum: 1 })
})

test('a prediction from before a rename can be corrected to the new name', async () => {
  const { data, edits } = await fruitWithImages()
  const prediction = predictionOf(data, { predictedClass: 'lime' })
  await data.predictions.record(prediction)
  await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pome' })

  const { label } = await edits.giveFeedback({ id: prediction.id, correct: false, label: 'pome' })

  expect(label).toBe('pome')
})

test('a merged class is gone, its images have the other one, and undoing it brings both back', async () => {
  const { data, edits } = await fruitWithImages()

  const { change, changed } = await edits.changeClass({ id: 'fruit', class: 'apple', merge_into: 'plum' })
  expect(changed).toBe(2)
  expect(await counts(data)).toEqual({ lime: 1, plum: 3 })

  await edits.undoChange({ id: change, skip_conflicts: false })
  expect(await counts(data)).toEqual({ apple: 2, lime: 1, plum: 1 })
})

test('a class with images is removed only with its images, into the trash, and restored from there', async () => {
  const { data, edits } = await fruitWithImages()

  await expect(edits.removeClass({ id: 'fruit', class: 'apple', with_images: false })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('it has 2 images'),
    extras: { members: { images: 2 } },
  })
  expect(await counts(data)).toMatchObject({ apple: 2 })
  const { changed, trash_id: trash } = await edits.removeClass({
    id: 'fruit',
    class: 'apple',
    with_images: true,
  })
  expect([changed, await counts(data)]).toEqual([2, { lime: 1, plum: 1 }])

  await edits.restoreTrash({ id: trash! })
  expect(await counts(data)).toEqual({ lime: 1, plum: 1, apple: 2 })
})

test('a removed class that the live version still predicts is listed as such', async () => {
  const { data, edits } = await fruitWithImages()
  const { id } = await registerVersion(data)
  await data.promotions.promote({ versionId: id, by: 'Ada', reason: null })
  await edits.addClass({ id: 'fruit', class: 'pear' })

  const { removed, classes } = await edits.removeClass({ id: 'fruit', class: 'plum', with_images: true })

  expect(removed).toEqual(['plum'])
  expect(classes.map((one) => [one.class, one.is_predicted])).toEqual([
    ['apple', true],
    ['lime', true],
    ['pear', false],
  ])
})

test.each([
  ['a name that another class has', { class: 'apple', new_name: 'lime' }, 'conflict'],
  ['the same name', { class: 'apple', new_name: 'apple' }, 'invalid_input'],
  ['neither a name nor another class', { class: 'apple' }, 'invalid_input'],
  ['both', { class: 'apple', new_name: 'pear', merge_into: 'lime' }, 'invalid_input'],
  ['an unknown class', { class: 'pear', new_name: 'quince' }, 'not_found'],
  ['a merge into itself', { class: 'apple', merge_into: 'apple' }, 'invalid_input'],
  ['a merge into an unknown class', { class: 'apple', merge_into: 'quince' }, 'not_found'],
])('refused: %s', async (_story, change, code) => {
  const { data, edits } = await fruitWithImages()

  await expect(edits.changeClass({ id: 'fruit', ...change })).rejects.toMatchObject({ code })
  expect(await counts(data)).toEqual({ apple: 2, lime: 1, plum: 1 })
})

test('nothing is renamed, merged or removed while an upload is in progress', async () => {
  const { data, edits } = await fruitWithImages()
  const { id } = await data.uploads.begin('fruit')
  const busy = { code: 'conflict', message: expect.stringContaining('an upload') }

  await expect(edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pear' })).rejects.toMatchObject(
    busy,
  )
  await expect(edits.changeClass({ id: 'fruit', class: 'apple', merge_into: 'lime' })).rejects.toMatchObject(
    busy,
  )
  await expect(edits.removeClass({ id: 'fruit', class: 'apple', with_images: true })).rejects.toMatchObject(
    busy,
  )

  await data.uploads.change(id, { state: 'done' })
  await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pear' })
  expect(await counts(data)).toMatchObject({ pear: 2 })
})

test('a class of an example can be renamed, but not merged or removed', async () => {
  const { data, settings } = await openForTest()
  shipClassifier(settings.modelsDir)
  await data.syncShipped()
  const edits = editsOf(data)

  const { classes } = await edits.changeClass({ id: 'fruit', class: 'apple', new_name: 'pome' })
  await data.syncShipped()

  expect(classes.map((one) => one.class)).toEqual(['pome', 'lime', 'plum'])
  expect((await data.live.of('fruit'))?.version?.classes).toEqual(['pome', 'lime', 'plum'])
  for (const change of [
    () => edits.changeClass({ id: 'fruit', class: 'pome', merge_into: 'lime' }),
    () => edits.removeClass({ id: 'fruit', class: 'pome', with_images: true }),
  ])
    await expect(change()).rejects.toMatchObject({ code: 'conflict' })
})

test('digits that become words are no longer read as numbers', async () => {
  const { data, edits } = await fruitWithImages()
  await edits.createClassifier({
    id: 'digits',
    classes: ['0', '1'],
    size: 32,
    fit: 'digit',
    is_mirrorable: false,
  })

  await edits.changeClass({ id: 'digits', class: '0', new_name: 'zero' })
  expect((await data.classifiers.get('digits')).hasDigits).toBe(false)
  await edits.changeClass({ id: 'digits', class: 'zero', new_name: '0' })
  expect((await data.classifiers.get('digits')).hasDigits).toBe(true)
})

test('a classifier has its own choice of what is promoted', async () => {
  const { data, edits } = await fruitWithImages()

  expect((await edits.changeClassifier({ id: 'fruit', auto_promote: 'off' })).auto_promote).toBe('off')
  expect((await data.classifiers.get('fruit')).autoPromote).toBe('off')
  expect((await edits.changeClassifier({ id: 'fruit', auto_promote: null })).auto_promote).toBeNull()
})
