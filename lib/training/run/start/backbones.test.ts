import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { availableBackbones, backbonesIn } from './backbones.ts'

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
