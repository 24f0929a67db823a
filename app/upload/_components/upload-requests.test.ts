import { expect, test } from 'vitest'
import { uploadRequests } from './upload-requests.ts'

const entry = (name: string, folder: string | null = null) => ({ file: new File(['x'], name), folder })
const shape = (requests: ReturnType<typeof uploadRequests>) =>
  requests.map(({ files, labels }) => ({ files: files.map(({ name }) => name), labels }))

test('each ZIP is a request of its own, and all images are one, labelled by folder', () => {
  const entries = [entry('a.png', 'rust'), entry('b.ZIP'), entry('c.png'), entry('d.zip', 'rust')]

  expect(shape(uploadRequests(entries, 'healthy'))).toEqual([
    { files: ['a.png', 'c.png'], labels: ['rust', 'healthy'] },
    { files: ['b.ZIP'], labels: undefined },
    { files: ['d.zip'], labels: undefined },
  ])
})

test('ZIPs alone make no request without files', () => {
  expect(shape(uploadRequests([entry('a.zip')], ''))).toEqual([{ files: ['a.zip'], labels: undefined }])
})
