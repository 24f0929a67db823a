import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { openArchives } from './open-archives.ts'

test('the limit of entries applies to all archives of an upload together', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'archives-'))
  const file = join(folder, 'a.zip')
  await writeFile(
    file,
    zipFile([{ name: 'cats/a.png' }, { name: 'cats/b.png' }, { name: 'dogs/../../c.png' }]),
  )
  const limits = { entryBytes: 1024 ** 2, totalBytes: 8 * 1024 ** 2 }
  const opened = (mostEntries: number) =>
    openArchives(
      [
        { name: 'a.zip', file },
        { name: 'b.zip', file },
      ],
      { limits, hasFiles: false, mostEntries },
    )

  expect((await opened(6)).archives).toHaveLength(2)
  await expect(opened(5)).rejects.toMatchObject({
    code: 'too_large',
    message: expect.stringContaining('more than 5 entries in total'),
  })
  await rm(folder, { recursive: true })
})
