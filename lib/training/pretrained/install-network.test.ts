import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CATALOGUE } from './catalogue.ts'
import { installNetwork } from './install-network.ts'
import { ORIGIN } from './onnx/vit.fakes.ts'

test('a list of countless weight files is not downloaded to its end', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'darkroom-install-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const paths = Array.from({ length: 1_000 }, (_, i) => `shard-${i}.bin`)
  const modelJson = JSON.stringify({ weightsManifest: [{ paths, weights: [] }] })
  let files = 0

  const installation = installNetwork(
    {
      name: 'mobilenet-v2-035',
      into: join(dataDir, 'bodies'),
      downloads: dataDir,
      defaultFolder: null,
      entry: { ...CATALOGUE['mobilenet-v2-035'], bytes: 1_000 },
    },
    {
      fetchFile: async ({ url }, to) => {
        files++
        await mkdir(dirname(to), { recursive: true })
        await writeFile(to, url.endsWith('.json') ? modelJson : new Uint8Array(500))
      },
      openEngine: () => Promise.reject(new Error('no engine is needed')),
      inspect: () => Promise.reject(new Error('it is no ONNX file')),
      save: () => Promise.reject(new Error('it is no ONNX file')),
      origin: ORIGIN,
      signal: new AbortController().signal,
    },
  )

  await expect(installation).rejects.toMatchObject({
    code: 'bad_data_file',
    why: 'its weights are larger than 2000 bytes',
  })
  expect(files).toBe(6)
  expect(await readdir(join(dataDir, 'bodies'))).toEqual([])
})
