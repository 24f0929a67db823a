import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import type { AutoRetrain, RetrainAfter } from '#lib/domain/auto-retrain.ts'
import { editsOf } from '#lib/data/opened.fakes.ts'
import { backbonesIn } from '../run/start/backbones.ts'
import { autoRetrainTurn, createAutoRetrain, type AutoRetrainParts } from './auto-retrain.ts'
import { createRetrain, planRetrain } from './retrain.ts'
import { addShapes, openTrio, retrainInput } from './trio.fakes.ts'

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url))

async function openAutomatic(policy: AutoRetrain = 'on', after: RetrainAfter = 10) {
  const candidates = (await backbonesIn(MODELS, { size: 32, channels: 3, fit: 'cover' })).filter(
    ({ name }) => name === 'shapes v1',
  )
  const darkroom = await openTrio(undefined, 1024, undefined, { recipe: null, candidates })
  const { data, clock } = darkroom
  const state = { hindrance: null as string | null }
  const parts: AutoRetrainParts = {
    data,
    settings: async () => ({ AUTO_RETRAIN: policy, AUTO_RETRAIN_AFTER: after }),
    plan: (classifier, recipe) =>
      planRetrain({ classifier, recipe, force: false }, { data, candidates: async () => candidates }),
    hindrance: async () => state.hindrance,
    now: () => new Date(clock.now()),
  }
  const { getAutoRetrain, changeAutoRetrain } = createAutoRetrain(parts)
  const actions = async () =>
    (await data.changes.list({ limit: 20 })).changes.map(({ by, action, detail }) => [by, action, detail])
  return {
    ...darkroom,
    candidates,
    state,
    actions,
    changeAutoRetrain,
    turn: () => autoRetrainTurn(parts),
    shown: () => getAutoRetrain({ id: 'trio' }),
  }
}

test('enough new images start a run, which is promoted as any other, and is in the audit log', async () => {
  const darkroom = await openAutomatic()
  const { data, clock, turn, shown, work, actions } = darkroom
  await addShapes(darkroom, 12, 1)
  expect(await shown()).toMatchObject({ state: 'due', new_images: 36, live_version: null })

  const first = await turn()
  expect(await turn()).toBeNull() // one at a time
  expect(await shown()).toMatchObject({ state: 'waiting', missing: 10 })
  await work()

  expect(await data.queries.getRun({ id: first! })).toMatchObject({
    state: 'done',
    recipe: 'head',
    is_automatic: true,
    version: 'v1',
    is_promoted: true,
  })
  expect(await shown()).toMatchObject({
    state: 'up_to_date',
    message: 'There are no new images since version 1.',
    expected_seconds: expect.any(Number),
  })
  expect(await actions()).toEqual([
    ['automatic retraining', 'POST /api/models/{id}/promote', expect.stringContaining('first version')],
    ['automatic retraining', 'POST /api/retrain', '36 new images'],
  ])
  expect((await data.promotions.champion('trio'))!.promotion.by).toBe('automatic retraining')

  clock.advance(600_000)
  const circles = (await data.samples.all('trio')).filter(({ label }) => label === 'circle')
  const correct = (samples: typeof circles) =>
    editsOf(data).changeSamples({ ids: samples.map(({ id }) => id), label: 'square' })
  await correct(circles.slice(0, 9))
  expect(await turn()).toBeNull()
  expect(await shown()).toMatchObject({
    state: 'waiting',
    missing: 1,
    message: '9 corrections since version 1. Training starts after 1 more.',
  })
  await correct(circles.slice(9, 10))
  expect(await turn()).not.toBeNull() // no image is new, and yet there is something to learn
}, 120_000)

test('a suggestion says what a run would use, and starts none', async () => {
  const darkroom = await openAutomatic('suggest')
  await addShapes(darkroom, 12, 1)

  expect(await darkroom.turn()).toBeNull()

  expect(await darkroom.shown()).toMatchObject({
    policy: 'suggest',
    state: 'suggest',
    message: '36 new images: training is worthwhile.',
  })
  expect(await darkroom.data.runs.active()).toBeNull()
})

test('a classifier may differ from the setting, and return to it', async () => {
  const darkroom = await openAutomatic('off', 20)
  const { changeAutoRetrain, turn } = darkroom
  await addShapes(darkroom, 12, 1)
  expect(await darkroom.shown()).toMatchObject({ policy: 'off', is_own_policy: false, state: 'off' })
  expect(await turn()).toBeNull()

  expect(await changeAutoRetrain({ id: 'trio', policy: 'on', after: 'nightly' })).toMatchObject({
    policy: 'on',
    after: 'nightly',
    is_own_policy: true,
    is_own_after: true,
    message: '36 new images. Training starts at night, between 2:00 and 6:00.',
  })
  expect(await changeAutoRetrain({ id: 'trio', after: 40 })).toMatchObject({ after: 40, missing: 4 })

  expect(await changeAutoRetrain({ id: 'trio', policy: null, after: null })).toMatchObject({
    policy: 'off',
    after: 20,
    is_own_policy: false,
    is_own_after: false,
  })
})

test('nightly after a run that did not go live waits for the next image, and the page says so', async () => {
  const darkroom = await openAutomatic('on', 'nightly')
  const { data, shown, retrain } = darkroom
  await addShapes(darkroom, 12, 1)
  const { run } = await retrain.retrain(retrainInput)
  await data.runs.change(run.id, { state: 'cancelled' })

  expect(await shown()).toMatchObject({
    state: 'waiting',
    missing: 1,
    message:
      '36 new images. Training starts at night, between 2:00 and 6:00, after the next new or corrected image.',
  })
})

test('a run that fails does not start again at once; the reason and the pause are shown', async () => {
  const darkroom = await openAutomatic()
  const { data, clock, turn, shown } = darkroom
  await addShapes(darkroom, 12, 1)
  const fail = async (id: string) =>
    data.runs.change(id, { state: 'failed', error: 'The training process ended (signal 9).' })

  await fail((await turn())!)
  clock.advance(300_000)
  expect(await turn()).toBeNull()
  expect(await shown()).toMatchObject({
    state: 'paused',
    failures: 1,
    paused_until: '2026-11-21T12:10:00.000Z',
    message: expect.stringContaining('failed (The training process ended (signal 9)).'),
  })

  clock.advance(300_000)
  await fail((await turn())!)
  clock.advance(600_000)
  expect(await turn()).toBeNull() // the second pause is twice as long
  clock.advance(600_000)
  expect(await turn()).not.toBeNull()
})

test('a run that a person starts takes the place of one that started by itself', async () => {
  const darkroom = await openAutomatic()
  const { data, turn, retrain } = darkroom
  await addShapes(darkroom, 12, 1)
  const automatic = await turn()

  const { run } = await retrain.retrain(retrainInput)

  expect(await data.queries.getRun({ id: automatic! })).toMatchObject({
    state: 'cancelled',
    message: 'Cancelled, because a person started a training run.',
  })
  expect(run).toMatchObject({ state: 'queued', is_automatic: false })
  await expect(retrain.retrain(retrainInput)).rejects.toMatchObject({ code: 'already_running' })
  expect(await turn()).toBeNull() // and no run starts while a person's is in progress
})

test('a run of a person is planned after the automatic one that it waited for', async () => {
  const darkroom = await openAutomatic()
  const { data, turn } = darkroom
  await addShapes(darkroom, 12, 1)
  const automatic = (await turn())!
  await data.runs.change(automatic, { state: 'judging' })
  let plans = 0
  const { retrain } = createRetrain({
    data,
    candidates: async () => {
      plans += 1
      return darkroom.candidates
    },
    now: () => Date.now(),
  })

  const answered = retrain(retrainInput)
  await vi.waitFor(() => expect(plans).toBe(1))
  await addShapes(darkroom, 1, 500)
  await data.runs.change(automatic, { state: 'done' })

  const { run } = await answered
  expect(plans).toBe(2)
  const { snapshotId } = await data.runs.get(run.id)
  expect(await data.snapshots.entriesOf(snapshotId!)).toHaveLength(39)
})

test('no run starts on a disk without space, or where training is refused, and both are shown', async () => {
  const darkroom = await openAutomatic('on', 2)
  const { state, turn, shown } = darkroom
  await addShapes(darkroom, 1, 1)

  expect(await turn()).toBeNull()
  expect(await shown()).toMatchObject({ state: 'hindered', message: expect.stringContaining('needs 2') })

  await addShapes(darkroom, 12, 1)
  state.hindrance = 'the disk that holds DATA_DIR is nearly full'
  expect(await turn()).toBeNull()
  expect(await shown()).toMatchObject({
    state: 'hindered',
    message:
      '36 new images. Training cannot start automatically. The disk that holds DATA_DIR is nearly full.',
  })
})
