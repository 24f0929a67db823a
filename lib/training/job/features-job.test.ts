import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { addShapes, openTrio, retrainInput } from '../retrain/trio.fakes.ts'
import { backbonesIn } from '../run/start/backbones.ts'
import { trainingHandlers } from './handlers.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))
const job = { attempt: 1, signal: new AbortController().signal, why: () => null } as const

const openWithShippedLayers = async () => {
  const candidates = await backbonesIn(MODELS, { size: 32, channels: 3, fit: 'cover' })
  return openTrio(undefined, 1024, undefined, {
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
  expect(notes).not.toContain('Decoding the images once.')
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
    forkTraining(engine, purpose) {
      const child = parts.forkTraining(engine, purpose)
      return {
        ...child,
        listen: ({ message, exit }) =>
          child.listen({ message, exit: (cause) => void deletePermanently().then(() => exit(cause)) }),
      }
    },
  })

  await handlers.features.run({ classifierId: 'trio' }, job)

  expect(stored).toEqual({ packs: 1, features: 1 })
  expect(count()).toEqual({ packs: 0, features: 0 })
}, 120_000)
