import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { availableBackbones, backbonesIn, installedBackbone } from './backbones.ts'

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url))
const PHOTOGRAPHS = { size: 64, channels: 3, fit: 'cover' } as const

function places() {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-bodies-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(MODELS, 'shapes', 'v1'), join(folder, 'data', 'bodies', 'mine', 'v1'), { recursive: true })
  for (const name of ['shapes', 'mnist'])
    cpSync(join(MODELS, name, 'v1'), join(folder, 'models', name, 'v1'), { recursive: true })
  return {
    dataDir: join(folder, 'data'),
    modelsDir: join(folder, 'models'),
    pretrainedDir: join(folder, 'pretrained'),
  }
}

test('a user’s own networks come before shipped ones; those of digits are not offered for photographs', async () => {
  expect((await availableBackbones(places(), PHOTOGRAPHS, 'auto')).map(({ name }) => name)).toEqual([
    'mine v1',
    'shapes v1',
  ])
})

test('a backbone takes images of its own size, fitted as the classifier requires', async () => {
  const [body] = await availableBackbones(places(), { ...PHOTOGRAPHS, fit: 'contain' }, 'auto')

  expect(body!.spec).toMatchObject({ size: 32, fit: 'contain' })
})

test('the backbone that was trained for this purpose comes before the other shipped networks', async () => {
  const { modelsDir } = places()
  cpSync(join(modelsDir, 'shapes', 'v1'), join(modelsDir, 'backbone', 'v1'), { recursive: true })

  expect((await backbonesIn(modelsDir, PHOTOGRAPHS)).map(({ name }) => name)).toEqual([
    'the backbone',
    'shapes v1',
  ])
})

test('where the default network is installed, shipped ones are not compared with it; the user’s own are', async () => {
  const all = places()
  cpSync(join(MODELS, 'shapes', 'v1'), join(all.pretrainedDir, 'mobilenet-v3-small', 'v1'), {
    recursive: true,
  })

  const names = async (setting: 'auto' | 'own') =>
    (await availableBackbones(all, PHOTOGRAPHS, setting)).map(({ name }) => name)

  expect(await names('auto')).toEqual(['mine v1', 'MobileNetV3-Small'])
  expect(await names('own')).toEqual(['mine v1', 'shapes v1'])
})

test('the one in DATA_DIR takes the place of that of the installation', async () => {
  const all = places()
  expect(installedBackbone(all)).toBeNull()

  for (const folder of [join(all.dataDir, 'bodies'), all.pretrainedDir])
    cpSync(join(MODELS, 'shapes', 'v1'), join(folder, 'mobilenet-v3-small', 'v1'), { recursive: true })

  expect(installedBackbone(all)).toBe(join(all.dataDir, 'bodies', 'mobilenet-v3-small'))
  const folders = (await availableBackbones(all, PHOTOGRAPHS, 'auto')).map(({ folder }) => folder)
  expect(folders).toEqual([
    join(all.dataDir, 'bodies', 'mine', 'v1'),
    join(all.dataDir, 'bodies', 'mobilenet-v3-small', 'v1'),
  ])
})
