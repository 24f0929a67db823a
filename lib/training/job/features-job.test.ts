import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { addShapes, openTrio, retrainInput } from '../retrain/trio.fakes.ts'
import { backbonesIn } from '../run/start/backbones.ts'
import { trainingHandlers } from './handlers.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const job = { attempt: 1, signal: new AbortController().signal, why: () => null } as const

const openWithShippedLayers = async (onMessage?: Parameters<typeof openTrio>[0]) => {
  const candidates = await backbonesIn(MODELS, { size: 32, channels: 3, fit: 'cover' })
  return openTrio(onMessage, 1024, undefined, {
    recipe: null,
    candidates: candidates.filter(({ name }) => name === 'shapes v1'),
  })
}
type Trio = Awaited<ReturnType<typeof openWithShippedLayers>>

const notesOf = ({ all }: Trio): string[] =>
  all.at(-1)!.messages.flatMap((message) => (message.kind === 'note' ? [message.message] : []))

test('a run finds the images decoded and their features computed in the background', async () => {
  const darkroom = await openWithShippedLayers()
  await addShapes(darkroom, 12, 1)

  expect(await darkroom.handlers.features.run({ classifierId: 'trio' }, job)).toEqual({
    images: 36,
    end: 'computed',
  })
  expect(readdirSync(join(darkroom.folder, 'runs'))).toEqual([])
  const { run } = await darkroom.retrain.retrain(retrainInput)
  await darkroom.work()

  expect(await darkroom.data.queries.getRun({ id: run.id })).toMatchObject({ state: 'done', recipe: 'head' })
  const notes = notesOf(darkroom)
  expect(notes.some((note) => note.includes('(all cached)'))).toBe(true)
  expect(notes.filter((note) => note === 'Decoding the images once.')).toHaveLength(1)
  expect(darkroom.all).toHaveLength(1) // the process with the loaded engine goes on with the run
}, 120_000)

test('a run that starts meanwhile goes on from what the background has computed, in the same process', async () => {
  const started = Promise.withResolvers<void>()
  const darkroom = await openWithShippedLayers((message) => {
    if (message.kind === 'stage' && message.stage === 'features') started.resolve()
  })
  await addShapes(darkroom, 40, 1)
  const { run } = await darkroom.retrain.retrain(retrainInput)

  const background = darkroom.handlers.features.run({ classifierId: 'trio' }, job)
  await started.promise
  await darkroom.work()

  expect(await background).toMatchObject({ images: 120 })
  expect(await darkroom.data.queries.getRun({ id: run.id })).toMatchObject({ state: 'done', recipe: 'head' })
  expect(darkroom.all).toHaveLength(1)
}, 120_000)

test('an ended process is followed by a new one', async () => {
  const darkroom = await openWithShippedLayers()
  await addShapes(darkroom, 12, 1)
  await darkroom.handlers.features.run({ classifierId: 'trio' }, job)
  process.kill(darkroom.all[0]!.pid, 'SIGKILL')
  await vi.waitFor(() => expect(() => process.kill(darkroom.all[0]!.pid, 0)).toThrow())

  const { run } = await darkroom.retrain.retrain(retrainInput)
  await darkroom.work()

  expect(await darkroom.data.queries.getRun({ id: run.id })).toMatchObject({ state: 'done' })
  expect(darkroom.all).toHaveLength(2)
}, 120_000)

test('nothing is computed while no click could train', async () => {
  const darkroom = await openWithShippedLayers()
  await addShapes(darkroom, 1, 1)

  expect(await darkroom.handlers.features.run({ classifierId: 'trio' }, job)).toEqual({ images: 0 })
  expect(darkroom.all).toEqual([])
}, 60_000)

test('images that are deleted permanently meanwhile are in no pack and have no features', async () => {
  const darkroom = await openWithShippedLayers()
  const { data, folder, parts } = darkroom
  await addShapes(darkroom, 12, 1)
  const stored = { packs: 0, features: 0 }
  const count = () => ({
    packs: readdirSync(join(folder, 'cache', 'packs')).length,
    features: readdirSync(join(folder, 'cache', 'embeddings')).length,
  })
  async function deletePermanently(): Promise<void> {
    Object.assign(stored, count())
    const { id } = await data.trash.putClassifier('trio', 'Ada')
    await data.erasing.erase(await data.erasing.plan(id))
  }
  const handlers = trainingHandlers({
    ...parts,
    processes: {
      ...parts.processes,
      fork(engine, purpose) {
        const child = parts.processes.fork(engine, purpose)
        return {
          ...child,
          listen: ({ message, exit }) =>
            child.listen({
              exit,
              message: (one) =>
                void (one.kind === 'computed' ? deletePermanently() : Promise.resolve()).then(() =>
                  message(one),
                ),
            }),
        }
      },
    },
  })

  await handlers.features.run({ classifierId: 'trio' }, job)

  expect(stored).toEqual({ packs: 1, features: 1 })
  expect(count()).toEqual({ packs: 0, features: 0 })
}, 120_000)
