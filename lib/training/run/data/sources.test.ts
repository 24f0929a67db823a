import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { blobFile } from '#lib/data/images/blobs.ts'
import { openWithFruit, storedImage, sampleOf } from '#lib/data/opened.fakes.ts'
import { openImages } from '#lib/data/images/images.ts'
import { writeSamples } from '../plan.ts'
import { storedSamples, type SourceFault } from './sources.ts'

const LARGE = 40_000 // bytes: stored as a file

test('a training run continues without images whose files are missing or damaged, and names them', async () => {
  const { data, folder, settings } = await openWithFruit()
  const images = ['whole', 'missing', 'damaged', 'small'].map((text) =>
    storedImage(text, text === 'small' ? 100 : LARGE),
  )
  const [whole, missing, damaged, small] = images as [
    (typeof images)[0],
    (typeof images)[0],
    (typeof images)[0],
    (typeof images)[0],
  ]
  await data.samples.add(
    'fruit',
    images.map((image, i) => sampleOf(String(i), { image })),
  )
  rmSync(blobFile(folder, 'image', missing.hash))
  writeFileSync(blobFile(folder, 'image', damaged.hash), 'another image')
  const run = mkdtempSync(path.join(tmpdir(), 'darkroom-run-'))
  onTestFinished(() => rmSync(run, { recursive: true, force: true }))
  await writeSamples(
    run,
    [...images, { hash: '0'.repeat(64) }].map(({ hash }) => ({
      hash,
      label: 'apple',
      split: 'train' as const,
    })),
  )

  const faults: SourceFault[] = []
  const read: string[] = []
  for await (const { hash } of storedSamples(
    run,
    openImages({ ...settings, now: () => new Date() }),
    (fault) => faults.push(fault),
  ))
    read.push(hash)

  expect(read).toEqual([whole.hash, small.hash])
  expect(faults).toMatchObject([
    { hash: missing.hash, code: 'file_missing', reason: expect.stringContaining('is missing from DATA_DIR') },
    {
      hash: damaged.hash,
      code: 'file_damaged',
      reason: expect.stringContaining('has changed since it was uploaded'),
    },
  ])
})
