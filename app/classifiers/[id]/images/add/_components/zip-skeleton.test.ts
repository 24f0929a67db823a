import { expect, test } from 'vitest'
import { listZip, readZip } from '#lib/archive/read-zip.ts'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { sniff } from '#lib/images/sniff.ts'
import { zipSkeleton } from './zip-skeleton.ts'

const blobOf = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(bytes)])
const TABLE = new TextEncoder().encode('file,label\na.png,cat\n')
const IMAGE = new Uint8Array(50_000).map((_, i) => (i * 7919) % 251)

test('the skeleton has the list and the tables of an archive, and none of its images', async () => {
  const zip = zipFile([
    { name: 'cats/a.png', content: IMAGE },
    { name: 'labels.csv', content: TABLE },
    { name: 'dogs/b.png', content: IMAGE },
  ])
  const skeleton = await zipSkeleton(blobOf(zip))

  const bytes = new Uint8Array(await skeleton!.arrayBuffer())
  const tables: string[] = []
  const limits = { entryBytes: 1e6, totalBytes: 1e6, wants: (path: string) => path.endsWith('.csv') }
  for await (const entry of readZip(bytes, limits))
    if (entry.kind === 'file') tables.push(new TextDecoder().decode(entry.bytes))
  expect(bytes.length).toBeLessThan(1_000)
  expect(sniff(bytes).kind).toBe('zip')
  expect((await listZip(bytes)).files).toEqual((await listZip(zip)).files)
  expect(tables).toEqual(['file,label\na.png,cat\n'])
})

test('a text per image is not a label table, and is left out', async () => {
  const zip = zipFile(
    Array.from({ length: 12 }, (_, i) => ({ name: `labels/${i}.txt`, content: IMAGE.subarray(i) })),
  )

  expect((await zipSkeleton(blobOf(zip)))!.size).toBeLessThan(2_000)
})

test('what is not a ZIP has no skeleton', async () => {
  expect(await zipSkeleton(blobOf(new Uint8Array(100)))).toBeNull()
  expect(await zipSkeleton(blobOf(new Uint8Array(0)))).toBeNull()
})
