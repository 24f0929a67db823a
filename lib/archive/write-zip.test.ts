import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { readZip } from './read-zip.ts'
import type { ZipEntry } from './read-zip.ts'
import { writeZip } from './write-zip.ts'
import type { OutgoingEntry } from './write-zip.ts'

const limits = { entryBytes: 1e7, totalBytes: 1e8 }
const cats = Uint8Array.from({ length: 5000 }, (_, i) => i * 3)
const entries = (): OutgoingEntry[] => [
  { path: 'train/cat/1.png', content: cats },
  { path: 'train/Äpfel/2.png', content: Readable.from([cats.subarray(0, 2000), cats.subarray(2000)]) },
  { path: 'empty.txt', content: new Uint8Array(0) },
]

test('entries are read back as they were written, streams as well as bytes', async () => {
  const zip = await buffer(writeZip(entries()))
  const back: ZipEntry[] = []
  for await (const entry of readZip(zip, limits)) back.push(entry)

  expect(back).toEqual([
    { kind: 'file', path: 'train/cat/1.png', bytes: cats },
    { kind: 'file', path: 'train/Äpfel/2.png', bytes: cats },
    { kind: 'file', path: 'empty.txt', bytes: new Uint8Array(0) },
  ])
})

test('the same entries give the same bytes', async () => {
  expect(Buffer.compare(await buffer(writeZip(entries())), await buffer(writeZip(entries())))).toBe(0)
})

test('entries are requested only as fast as the archive is read', async () => {
  let requested = 0
  const noise = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 13)
  async function* many(): AsyncGenerator<OutgoingEntry> {
    for (requested = 0; requested < 200; requested++) yield { path: `${requested}`, content: noise }
  }
  const zip = writeZip(many())
  for await (const chunk of zip) if (chunk) break // leaving after the first chunk destroys the archive

  expect(requested).toBeLessThan(10)
})

test('an entry that fails, and an abort, fail the archive', async () => {
  async function* failing(): AsyncGenerator<OutgoingEntry> {
    yield { path: 'a', content: cats }
    throw new Error('the disk is gone')
  }
  const stop = new AbortController()
  const zip = writeZip(entries(), stop.signal)
  stop.abort()

  await expect(buffer(writeZip(failing()))).rejects.toThrow('the disk is gone')
  await expect(
    buffer(
      writeZip([
        {
          path: 'a',
          content: new Readable({
            read() {
              this.destroy(new Error('the file is gone'))
            },
          }),
        },
      ]),
    ),
  ).rejects.toThrow('the file is gone')
  await expect(buffer(zip)).rejects.toMatchObject({ name: 'AbortError' })
})
