import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromRandomAccessReaderPromise } from 'yauzl'
import { expect, test } from 'vitest'
import { openBlocks } from './block-reader.ts'
import { listZip } from './read-zip.ts'
import { zipFile } from './zip-file.fakes.ts'

async function withFile<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'blocks-'))
  try {
    await writeFile(join(folder, 'a.zip'), bytes)
    return await use(join(folder, 'a.zip'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('listing 10,000 names takes a read for each block, not two for each name', async () => {
  const zip = zipFile(
    Array.from({ length: 10_000 }, (_, i) => ({
      name: `cats/${i}.png`,
      method: 0,
      content: new Uint8Array(0),
    })),
  )
  await withFile(zip, async (path) => {
    const { reader, file, size } = await openBlocks(path)
    const read = file.read.bind(file)
    let reads = 0
    Object.assign(file, { read: (...wanted: Parameters<typeof read>) => (reads++, read(...wanted)) })

    const opened = await fromRandomAccessReaderPromise(reader, size, { lazyEntries: true, autoClose: false })
    let names = 0
    for await (const _ of opened.eachEntry()) names += 1
    opened.close()

    expect(names).toBe(10_000)
    expect(reads).toBeLessThan(30) // 580 kB in blocks of 32 kB, and the end of the file
  })
})

test('names of any length are read across the blocks as from memory', async () => {
  const parts = Array.from({ length: 400 }, (_, i) => ({
    name: `cats/${'x'.repeat((i * 7919) % 900)}${i}.png`,
  }))
  const zip = zipFile([...parts, { name: `cats/${'y'.repeat(60_000)}.png` }, { name: 'cats/last.png' }])

  const fromDisk = await withFile(zip, (path) => listZip(path))

  expect(fromDisk).toEqual(await listZip(zip))
  expect(fromDisk.files).toHaveLength(401)
  expect(fromDisk.refused).toHaveLength(1)
})

test('a file that ends within its central directory is refused as damaged', async () => {
  const zip = zipFile(Array.from({ length: 2_000 }, (_, i) => ({ name: `cats/${i}.png` })))
  const damaged = Buffer.from(zip)
  damaged.writeUInt32LE(zip.length - 60, zip.length - 6) // where the directory begins, stated too late

  await withFile(damaged, async (path) => {
    await expect(listZip(path)).rejects.toMatchObject({ code: 'bad_archive' })
  })
})
