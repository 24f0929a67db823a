import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { editsOf } from '#lib/data/opened.fakes.ts'
import { forgetImages } from '../features/forget-images.ts'
import { addShapes, openTrio, retrainInput } from '../retrain/trio.fakes.ts'
import { backbonesIn } from '../run/start/backbones.ts'
import { queueMissingRobustness } from './queue-robustness.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const job = { attempt: 1, signal: new AbortController().signal, why: () => null } as const

async function openWithVersion(onMessage?: Parameters<typeof openTrio>[0]) {
  const candidates = await backbonesIn(MODELS, { size: 32, channels: 3, fit: 'cover' })
  const darkroom = await openTrio(onMessage, 1024, undefined, {
    recipe: null,
    candidates: candidates.filter(({ name }) => name === 'shapes v1'),
  })
  await addShapes(darkroom, 12, 1)
  await darkroom.retrain.retrain(retrainInput)
  await darkroom.work()
  const version = await darkroom.data.versions.get((await darkroom.data.versions.find('trio', 'v1'))!.id)
  return { ...darkroom, version }
}

test('a version evaluated by folds gets its robustness afterwards, and its files are not changed', async () => {
  const darkroom = await openWithVersion()
  const { data, handlers, version, folder, parts } = darkroom
  const cardFile = join(version.folder, 'card.json')
  const sealed = await readFile(cardFile, 'utf8')
  const queued = await data.jobs.claim('test', ['robustness'], Date.now() + 60_000, 1_000)

  expect(queued?.payload).toEqual({ versionId: version.id })
  await data.jobs.complete(queued!.id, 'test', { images: 0 }, Date.now()) // as if it had failed
  await queueMissingRobustness(parts) // as a worker that starts
  await queueMissingRobustness(parts)
  const again = await data.jobs.claim('test', ['robustness'], Date.now() + 60_000, 60_000)
  expect(again?.payload).toEqual({ versionId: version.id })
  expect(await data.jobs.claim('test', ['robustness'], Date.now() + 60_000, 1_000)).toBeNull()
  expect(version.card.robustness).toBeNull()
  expect(await handlers.robustness.run({ versionId: version.id }, job)).toEqual({ images: 36 })

  const { card } = await data.versions.get(version.id)
  expect(card.robustness).toMatchObject({
    images: 36,
    accuracy: card.folds!.accuracy, // of the same images by the same folds
    measured_on: 'folds',
  })
  expect(card.robustness!.disturbances.map(({ kind }) => kind)).toEqual([
    'brightness',
    'blur',
    'jpeg',
    'noise',
    'rotation',
  ])
  const noise = card.robustness!.disturbances.find(({ kind }) => kind === 'noise')!.levels
  expect(noise.at(-1)!.accuracy.value).toBeLessThan(card.robustness!.accuracy.value)
  expect(await readFile(cardFile, 'utf8')).toBe(sealed)
  expect((await data.queries.getModel({ id: version.id })).card.robustness).toEqual(card.robustness)
  expect(readdirSync(join(folder, 'runs'))).toEqual([])
}, 240_000)

test('a run that starts meanwhile is not delayed, and the measurement starts again after it', async () => {
  const started = Promise.withResolvers<void>()
  let isMeasuring = false
  const darkroom = await openWithVersion((message) => {
    if (isMeasuring && message.kind === 'part' && message.part === 'folds') started.resolve()
  })
  const { data, handlers, version, work, retrain } = darkroom
  await addShapes(darkroom, 2, 500)
  const { run } = await retrain.retrain(retrainInput)
  isMeasuring = true

  const measuring = handlers.robustness.run({ versionId: version.id }, job)
  await started.promise
  await work()

  expect(await data.queries.getRun({ id: run.id })).toMatchObject({ state: 'done' })
  expect(await measuring).toEqual({ images: 36 })
}, 240_000)

test('nothing is measured of a deleted version, and deleted images are not among the measured ones', async () => {
  const { data, handlers, version, folder } = await openWithVersion()
  const [first] = await data.samples.all('trio')
  const { trash_id: id } = await editsOf(data).deleteSample({ id: first!.id })
  await data.erasing.erase(await data.erasing.plan(id ?? ''))
  await forgetImages(folder, [first!.hash]) // as the worker does when it empties the trash

  expect(await handlers.robustness.run({ versionId: version.id }, job)).toEqual({ images: 35 })

  await data.trash.putClassifier('trio', 'Ada')
  expect(await handlers.robustness.run({ versionId: version.id }, job)).toEqual({ images: 0 })
}, 240_000)
