import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readZip } from './read-zip.ts'
import { zipFile } from './zip-file.fakes.ts'

test('entries are unpacked into files that the caller names, each within its own limit', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-unpack-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const large = Buffer.from('0123456789'.repeat(20_000))
  const zip = zipFile([
    { name: 'large.bin', content: large },
    { name: 'stored.bin', content: large, method: 0 },
    { name: 'too-long.bin', content: large },
    { name: 'bomb.bin', content: new Uint8Array(1e7) },
    { name: 'wrong.bin', content: large, claimedCrc: 1 },
    { name: 'cut.bin', content: large, packed: Uint8Array.of(1, 2, 3) },
    { name: 'small.txt', content: Buffer.from('hello') },
  ])
  const found: Record<string, string> = {}
  for await (const entry of readZip(zip, {
    entryBytes: 1e7,
    totalBytes: 1e8,
    entryBytesOf: (name) => (name === 'too-long.bin' ? 199_999 : 1e7),
    fileFor: (name) => (name.endsWith('.bin') ? path.join(folder, name) : null),
  }))
    found[entry.path] = entry.kind === 'refused' ? entry.refused : entry.kind

  expect(found).toEqual({
    'large.bin': 'unpacked',
    'stored.bin': 'unpacked',
    'too-long.bin': 'it expands to more than 0.191 MiB',
    'bomb.bin': 'it expands to more than 1,000 times its size',
    'wrong.bin': 'it is damaged (its checksum is wrong)',
    'cut.bin': 'it is damaged',
    'small.txt': 'file',
  })
  expect(readdirSync(folder).toSorted()).toEqual(['large.bin', 'stored.bin'])
  expect(readFileSync(path.join(folder, 'large.bin'))).toEqual(large)
})
