import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { Part } from '#lib/contracts/contract.ts'
import { JOBS_FOLDER } from './job-folder.ts'
import { receiveImages } from './received-images.ts'

const LIMITS = { maxImageBytes: 1024 ** 2, maxUploadBytes: 8 * 1024 ** 2 }

test('the names of a ZIP are read up to the limit of images only, and nothing of it is kept', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'received-'))
  const zip = Buffer.from(zipFile(Array.from({ length: 9 }, (_, i) => ({ name: `${i}.png` }))))
  zip.writeUInt32LE(0, zip.lastIndexOf('PK\x01\x02')) // reading the last name would say `bad_archive`
  async function* parts(): AsyncGenerator<Part> {
    yield {
      kind: 'file',
      name: 'files',
      filename: 'images.zip',
      bytes: (async function* () {
        yield zip
      })(),
    }
  }

  const received = receiveImages(parts(), { dataDir, limits: LIMITS, mostImages: 4 })

  await expect(received).rejects.toMatchObject({ code: 'too_large' })
  expect(await readdir(path.join(dataDir, JOBS_FOLDER))).toEqual([])
  await rm(dataDir, { recursive: true })
})
