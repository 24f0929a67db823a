import { existsSync, mkdirSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { openFolderOfFolders, openZipOfFolders } from './read-set.ts'
import type { Stray } from './labelled-image.ts'
import { openDataset } from './open-dataset.ts'
import { all, folder, folderForEachTest, image, put, REAL } from './readers.fakes.ts'

folderForEachTest()

test('class folders in a ZIP have labels and splits, and other files are reported', async () => {
  const strays: Stray[] = []
  const zip = zipFile([
    { name: 'pics/train/cats/1.png', content: image },
    { name: 'pics/test/dogs/2.png', content: image },
    { name: 'pics/readme.txt' },
    { name: '../x.png' },
    { name: '__MACOSX/x' },
  ])
  const dataset = await openZipOfFolders(zip, { onStray: (stray) => strays.push(stray) })

  expect([dataset.classes, dataset.count]).toEqual([['cats', 'dogs'], 2])
  expect(await all(dataset)).toEqual([
    { label: 'cats', split: 'train', path: 'pics/train/cats/1.png', bytes: image },
    { label: 'dogs', split: 'test', path: 'pics/test/dogs/2.png', bytes: image },
  ])
  expect(strays.map(({ kind, path }) => [kind, path])).toEqual([
    ['refused_entry', '../x.png'],
    ['stray_file', 'pics/readme.txt'],
    ['stray_file', '__MACOSX/x'],
  ])
})

test('class folders on this disk give the same result, and links are not followed', async () => {
  const strays: Stray[] = []
  for (const name of ['cats', 'dogs']) await put({ '1.png': image }, join(folder, name))
  await put({ 'readme.txt': image, '.DS_Store': image })
  await symlink('/etc', join(folder, 'cats', 'out'))
  const images = await all(await openFolderOfFolders(folder, { onStray: (stray) => strays.push(stray) }))

  expect(images).toEqual([
    { label: 'cats', split: null, path: 'cats/1.png', bytes: image },
    { label: 'dogs', split: null, path: 'dogs/1.png', bytes: image },
  ])
  expect(strays.map(({ kind, path }) => [kind, path])).toEqual([
    ['refused_entry', 'cats/out'],
    ['stray_file', '.DS_Store'],
    ['stray_file', 'readme.txt'],
  ])
})

test('a name on this disk that is not UTF-8 is reported, and the others are read', async () => {
  const strays: Stray[] = []
  await put({ '1.png': image }, join(folder, 'cats'))
  mkdirSync(Buffer.concat([Buffer.from(`${folder}/d`), Buffer.of(0xff)]))
  const dataset = await openFolderOfFolders(folder, { onStray: (stray) => strays.push(stray) })

  expect(await all(dataset)).toHaveLength(1)
  expect(strays.map(({ kind, reason }) => [kind, reason])).toEqual([
    ['refused_entry', 'its name is not valid UTF-8'],
  ])
})

test.runIf(existsSync(join(REAL, 'cats-dogs')))(
  'a real ZIP of class folders is read as it was packed',
  async () => {
    const dataset = await openDataset('cats-dogs', { from: join(REAL, 'cats-dogs', 'cats-dogs.zip') })
    let test = 0
    for await (const { split } of dataset.images) if (split === 'test') test += 1

    expect([dataset.count, test, dataset.classes]).toEqual([4268, 1000, ['cats', 'dogs']])
  },
)
