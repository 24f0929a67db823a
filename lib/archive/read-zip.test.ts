import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listZip, readZip } from './read-zip.ts'
import type { ZipEntry } from './read-zip.ts'
import { zipFile } from './zip-file.fakes.ts'
import type { Part } from './zip-file.fakes.ts'

const limits = { entryBytes: 1024 ** 2, totalBytes: 8 * 1024 ** 2 }
const hello = new TextEncoder().encode('hello')

async function all(source: string | Uint8Array, more = limits): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = []
  for await (const entry of readZip(source, more)) entries.push(entry)
  return entries
}

test('files are read completely, stored or deflated, from bytes and from a path', async () => {
  const zip = zipFile([
    { name: 'cats/', content: new Uint8Array(0), method: 0 },
    { name: 'cats/a.png' },
    { name: 'cats/b.png', method: 0 },
    { name: 'empty', content: new Uint8Array(0) },
  ])
  const folder = await mkdtemp(join(tmpdir(), 'zip-'))
  await writeFile(join(folder, 'a.zip'), zip)

  const expected = [
    { kind: 'file', path: 'cats/a.png', bytes: hello },
    { kind: 'file', path: 'cats/b.png', bytes: hello },
    { kind: 'file', path: 'empty', bytes: new Uint8Array(0) },
  ]
  expect(await all(zip)).toEqual(expected)
  expect(await all(join(folder, 'a.zip'))).toEqual(expected)
  await rm(folder, { recursive: true })
})

test.each<[string, Part, string]>([
  ['points outside', { name: '../../etc/passwd' }, 'points outside'],
  ['points outside by backslashes', { name: 'cats\\..\\..\\x.png' }, 'points outside'],
  ['is absolute', { name: '/etc/passwd' }, 'absolute'],
  ['names a drive', { name: 'C:\\windows\\x.png' }, 'absolute'],
  ['names a share', { name: '\\\\server\\x.png' }, 'absolute'],
  ['contains a line break', { name: 'a\nb.png' }, 'control characters'],
  ['is 10,000 characters long', { name: 'a'.repeat(10_000) }, '10000 characters'],
  ['belongs to a link', { name: 'a.png', mode: 0o120777 }, 'link'],
  ['belongs to a device', { name: 'a.png', mode: 0o020666 }, 'not a regular file'],
  ['belongs to an encrypted entry', { name: 'a.png', flags: 0x801 }, 'encrypted'],
  ['belongs to an unknown method', { name: 'a.png', method: 12, packed: hello }, 'method 12'],
  ['belongs to damaged data', { name: 'a.png', claimedCrc: 7 }, 'checksum'],
  ['belongs to data that is not deflate', { name: 'a.png', packed: Uint8Array.of(7, 7, 7) }, 'damaged'],
  ['belongs to more data than the file has', { name: 'a.png', claimedPackedSize: 900_000 }, 'truncated'],
  [
    'belongs to a ZIP',
    { name: 'a.png', content: zipFile([{ name: 'b.png' }]) },
    'ZIP archive inside a ZIP archive',
  ],
  [
    'belongs to a bomb that lies about its size',
    { name: 'a.png', content: new Uint8Array(900_000), claimedSize: 10 },
    '1,000 times',
  ],
  [
    'belongs to a file over the limit',
    { name: 'a.png', content: new Uint8Array(2 * 1024 ** 2).map((_, i) => i * 7 + (i >> 8)) },
    'more than 1 MiB',
  ],
])('an entry whose name %s is refused, and the others are read', async (_story, part, reason) => {
  const entries = await all(zipFile([part, { name: 'good.png' }]))

  expect(entries).toEqual([
    expect.objectContaining({ kind: 'refused', refused: expect.stringContaining(reason) }),
    { kind: 'file', path: 'good.png', bytes: hello },
  ])
  expect(entries[0]!.path.length).toBeLessThanOrEqual(200)
})

test('metadata files of macOS and Windows are skipped and reported', async () => {
  const entries = await all(
    zipFile([
      { name: '__MACOSX/cats/._a.png' },
      { name: 'cats/.DS_Store' },
      { name: 'cats/._b.png' },
      { name: 'cats/Thumbs.db' },
      { name: './cats/a.png' },
    ]),
  )

  expect(entries.map((entry) => [entry.kind, entry.path])).toEqual([
    ['skipped', '__MACOSX/cats/._a.png'],
    ['skipped', 'cats/.DS_Store'],
    ['skipped', 'cats/._b.png'],
    ['skipped', 'cats/Thumbs.db'],
    ['file', 'cats/a.png'],
  ])
})

test('the list has exactly the entries that would be unpacked', async () => {
  const zip = zipFile([
    { name: 'cats/', content: new Uint8Array(0) },
    { name: 'cats/a.png', packed: Uint8Array.of(7) },
    { name: '../b.png' },
    { name: '.DS_Store' },
    { name: 'link', mode: 0o120777 },
  ])

  const { files, skipped, refused } = await listZip(zip)
  expect(files.map(({ path }) => path)).toEqual(['cats/a.png'])
  expect(skipped).toEqual(['.DS_Store'])
  expect(refused.map(({ path }) => path)).toEqual(['../b.png', 'link'])
})

test('names are read as UTF-8, as the code page of Windows, and composed', async () => {
  const entries = await all(
    zipFile([
      { name: Uint8Array.of(0x8e, 0x70, 0x66, 0x65, 0x6c, 0x2f, 0x31), flags: 0 }, // "Äpfel/1" in code page 437
      { name: Buffer.from('Äpfel/2'), flags: 0 },
      { name: 'A\u0308pfel/3' },
    ]),
  )

  expect(entries.map((entry) => entry.path)).toEqual(['Äpfel/1', 'Äpfel/2', 'Äpfel/3'])
})

test('a name in GBK whose bytes are also UTF-8 is read like the others', async () => {
  const entries = await all(
    zipFile([
      { name: Uint8Array.of(0xc3, 0xa8, 0x2f, 0x31), flags: 0 }, // 猫/1
      { name: Uint8Array.of(0xb9, 0xb7, 0x2f, 0x31), flags: 0 }, // 狗/1
      { name: Buffer.from('苹果/1'), flags: 0 },
    ]),
  )

  expect(entries.map((entry) => entry.path)).toEqual(['猫/1', '狗/1', '苹果/1'])
})

test('an all-black image that compresses well is not a bomb', async () => {
  const black = new Uint8Array(60_000)

  expect(await all(zipFile([{ name: 'a.bmp', content: black }]))).toEqual([
    { kind: 'file', path: 'a.bmp', bytes: black },
  ])
})

test.each<[string, Uint8Array]>([
  ['a page', new TextEncoder().encode('<html>'.repeat(100))],
  ['nothing', new Uint8Array(0)],
  ['the first half of a ZIP', zipFile([{ name: 'a' }, { name: 'b' }]).subarray(0, 60)],
  ['a ZIP without its last byte', zipFile([{ name: 'a' }]).slice(0, -1)],
  [
    'a list of contents that is damaged',
    zipFile([{ name: 'a' }]).map((byte, i, file) => (i === file.length - 22 - 47 ? 0 : byte)),
  ],
  ['strong encryption', zipFile([{ name: 'a', flags: 0x41 }])],
])('%s is not an archive', async (_what, bytes) => {
  await expect(all(bytes)).rejects.toMatchObject({ code: 'bad_archive' })
})

test('two hundred thousand and one entries are too many', async () => {
  const zip = Buffer.from(zipFile([{ name: 'a' }]))
  const locator = Buffer.alloc(76)
  locator.writeUInt32LE(0x06064b50, 0)
  locator.writeBigUInt64LE(200_001n, 24)
  locator.writeBigUInt64LE(200_001n, 32)
  locator.writeUInt32LE(0x07064b50, 56)
  locator.writeBigUInt64LE(BigInt(zip.length - 22), 64)
  locator.writeUInt32LE(1, 72)
  const end = Buffer.from(zip.subarray(zip.length - 22))
  end.writeUInt16LE(0xffff, 8)
  end.writeUInt16LE(0xffff, 10)

  await expect(all(Buffer.concat([zip.subarray(0, zip.length - 22), locator, end]))).rejects.toMatchObject({
    code: 'bad_archive',
    message: expect.stringContaining('200,001 entries'),
  })
})

test('unpacking stops at the limit for the whole archive', async () => {
  const parts = Array.from({ length: 4 }, (_, i) => ({ name: `${i}`, content: new Uint8Array(60_000) }))
  const paths: string[] = []

  await expect(
    (async () => {
      for await (const entry of readZip(zipFile(parts), { ...limits, totalBytes: 130_000 }))
        paths.push(entry.path)
    })(),
  ).rejects.toMatchObject({ code: 'too_large' })
  expect(paths).toEqual(['0', '1'])
})

test('entries that share one compressed body are counted separately', async () => {
  const zip = Buffer.from(
    zipFile([
      { name: 'a', content: new Uint8Array(60_000) },
      { name: 'a', content: new Uint8Array(60_000) },
    ]),
  )
  zip.writeUInt32LE(0, zip.length - 22 - 5) // the second entry points at the first one's body

  await expect(all(zip, { ...limits, totalBytes: 100_000 })).rejects.toMatchObject({ code: 'too_large' })
})

test('an aborted read ends at the next entry, and leaving the loop closes the file', async () => {
  const stop = new AbortController()
  const zip = zipFile([{ name: 'a' }, { name: 'b' }])
  const entries = readZip(zip, limits, stop.signal)
  await entries.next()
  stop.abort()

  await expect(entries.next()).rejects.toMatchObject({ name: 'AbortError' })
  for await (const entry of readZip(zip, limits)) if (entry.path === 'a') break
})

test('whatever bytes of a ZIP are changed, the result is entries or a reason', async () => {
  const original = zipFile([
    { name: 'cats/a.png' },
    { name: 'b', content: new Uint8Array(500), packed: deflateRawSync(new Uint8Array(500)) },
    { name: 'c', method: 0 },
  ])
  let state = 5
  for (let round = 0; round < 400; round++) {
    const bytes = Uint8Array.from(original)
    for (let flips = 0; flips < 1 + (round % 4); flips++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      bytes[(state >>> 8) % bytes.length] = state >>> 3
    }
    const answer = await all(bytes).catch((e: { code: string }) => e.code)
    if (!Array.isArray(answer)) expect(['bad_archive', 'too_large']).toContain(answer)
  }
})

test('names that are too long are reported in part, also those of files that would be skipped', async () => {
  const long = 'x'.repeat(60_000)
  const zip = zipFile([{ name: 'cats/a.png' }, { name: `cats/${long}.png` }, { name: `__MACOSX/${long}` }])

  const { files, skipped, refused } = await listZip(zip)

  expect(files.map(({ path }) => path)).toEqual(['cats/a.png'])
  expect(skipped).toEqual([])
  expect(refused.map(({ path, reason }) => [path.length, reason.slice(0, 11)])).toEqual([
    [200, 'its name is'],
    [200, 'its name is'],
  ])
})

test('listing ends with the first entry above the limit of the caller', async () => {
  const zip = Buffer.from(zipFile(Array.from({ length: 9 }, (_, i) => ({ name: `cats/${i}.png` }))))
  zip.writeUInt32LE(0, zip.lastIndexOf('PK\x01\x02')) // the last name of the directory cannot be read

  const { files } = await listZip(zip, { mostEntries: 4 })

  expect(files).toHaveLength(5)
  await expect(listZip(zip)).rejects.toMatchObject({ code: 'bad_archive' })
})
