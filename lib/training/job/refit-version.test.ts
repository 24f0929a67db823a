import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readOutOfFold } from '#lib/ml/formats/bundle.ts'
import { entriesBySplits } from '../retrain/decide.ts'
import { planRetrain } from '../retrain/retrain.ts'
import { addShapes, openTrio, retrainInput } from '../retrain/trio.fakes.ts'
import { backbonesIn } from '../run/start/backbones.ts'
import { refitBy } from './refit-version.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const never = new AbortController().signal

test('a live version that was evaluated by splits is compared on all of its images', async () => {
  const candidates = (await backbonesIn(MODELS, { size: 32, channels: 3, fit: 'cover' })).filter(
    ({ name }) => name === 'shapes v1',
  )
  const darkroom = await openTrio(undefined, 1024, undefined, { recipe: null, candidates })
  const { data, folder, parts, retrain, work } = darkroom
  await addShapes(darkroom, 14, 1)
  const { draft } = await planRetrain(retrainInput, { data, candidates: async () => candidates })
  const { evaluation, ...bySplits } = draft
  await data.runs.plan({
    classifierId: 'trio',
    recipe: draft.recipe.name,
    epochs: draft.recipe.settings.epochs,
    seed: 1,
    baseVersionId: null,
    message: '',
    unseen: 42,
    plan: bySplits,
    entries: entriesBySplits(await data.samples.all('trio')),
  })
  await work()
  const v1 = await data.versions.get((await data.versions.find('trio', 'v1'))!.id)

  expect(evaluation).toBe('folds')
  expect(await readOutOfFold(v1.folder)).toBeNull()
  const answers = await refitBy(parts, never)(v1)
  const trained = (await data.samples.all('trio')).filter(({ split }) => split !== 'test')
  expect(answers!.rows.map(({ hash }) => hash).toSorted()).toEqual(trained.map(({ hash }) => hash).toSorted())
  expect(readdirSync(join(folder, 'runs'))).toEqual([])

  await addShapes(darkroom, 2, 500)
  const { run } = await retrain.retrain(retrainInput)
  await work()

  const { verdict } = await data.queries.getRun({ id: run.id })
  expect(verdict).toMatchObject({ images: 48 })
}, 180_000)
