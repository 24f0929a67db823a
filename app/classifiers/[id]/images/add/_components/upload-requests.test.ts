import { expect, test } from 'vitest'
import { unlabelledRequests, uploadRequests } from './upload-requests.ts'

const entry = (path: string) => ({ file: new File(['x'], path.split('/').at(-1)!), path })
const shape = (paths: string[], label = 'healthy') =>
  uploadRequests(paths.map(entry), label).map(({ files, label: own }) => [files.map(({ name }) => name), own])

test('folders keep their paths, images without a folder get the label, and archives are together', () => {
  expect(shape(['set/rust/a.png', 'b.ZIP', 'c.png', 'd.zip'])).toEqual([
    [['c.png'], 'healthy'],
    [['set/rust/a.png'], undefined],
    [['b.ZIP', 'd.zip'], undefined],
  ])
})

test('a table labels the images next to it, or those in an archive', () => {
  expect(shape(['labels.csv', 'a.png'])).toEqual([[['labels.csv', 'a.png'], undefined]])
  expect(shape(['labels.csv', 'a.zip'])).toEqual([[['labels.csv', 'a.zip'], undefined]])
})

test('notes next to single images do not hide the field for their class', () => {
  expect(shape(['notes.txt', 'a.png'])).toEqual([[['notes.txt', 'a.png'], 'healthy']])
})

test('archives alone make one request', () => {
  expect(shape(['a.zip'])).toEqual([[['a.zip'], undefined]])
})

test('images without labels are one request, whatever their folders, without the tables', () => {
  const requests = unlabelledRequests(['set/rust/a.png', 'labels.csv', 'b.zip', 'c.png'].map(entry))

  expect(requests.map(({ files, unlabelled }) => [files.map(({ name }) => name), unlabelled])).toEqual([
    [['set/rust/a.png', 'b.zip', 'c.png'], true],
  ])
  expect(unlabelledRequests([entry('labels.csv')])).toEqual([])
})
