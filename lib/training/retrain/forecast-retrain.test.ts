import { setTimeout as wait } from 'node:timers/promises'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { DarkroomError } from '#lib/domain/errors.ts'
import type { JobPayloads } from '#lib/domain/jobs.ts'
import { addShapes, openTrio, requestContext, retrainInput } from './trio.fakes.ts'

test('a training run that does not fit into memory is refused in its forecast and does not start', async () => {
  const darkroom = await openTrio(undefined, 64)
  const { data, forecasts, handlers } = darkroom
  await addShapes(darkroom, 12, 1)

  const answer = forecasts.forecastRetrain({ ...retrainInput, epochs: 4 }, requestContext)
  let job = null
  while (job === null)
    job = await data.jobs
      .claim('w', ['probe'], Date.now(), 60_000)
      .then((claimed) => claimed ?? wait(20).then(() => null))
  const error = (await handlers.probe
    .run(job.payload as JobPayloads['probe'], { attempt: 1, signal: requestContext.signal, why: () => null })
    .catch((thrown: unknown) => thrown)) as DarkroomError
  await data.jobs.fail(job.id, 'w', { code: error.code, message: error.message }, null, Date.now())
  const { forecast, why_none } = await answer
  expect(forecast).toBeNull()
  expect(why_none).toMatch(
    /^The whole network cannot be trained here: .* need \d+ MB .* limit .* is 64 MB\. .*TRAIN_MEMORY_MB=\d+/,
  )

  await darkroom.retrain.retrain(retrainInput)
  expect(await darkroom.work()).toEqual({ state: 'failed' })
  expect(await data.runs.active('trio')).toBeNull()
}, 180_000)

test('the worker measures the duration once; a run that would be refused has the refusal in its forecast', async () => {
  const darkroom = await openTrio()
  const { data, forecasts, handlers } = darkroom
  expect(await forecasts.forecastRetrain(retrainInput, requestContext)).toMatchObject({
    will: null,
    message: expect.stringContaining('no images on this machine'),
    forecast: null,
  })
  await addShapes(darkroom, 12, 1)

  const answer = forecasts.forecastRetrain({ ...retrainInput, epochs: 4 }, requestContext)
  let job = null
  while (job === null)
    job = await data.jobs
      .claim('w', ['probe'], Date.now(), 60_000)
      .then((claimed) => claimed ?? wait(20).then(() => null))
  await data.jobs.complete(
    job.id,
    'w',
    await handlers.probe.run(job.payload as JobPayloads['probe'], {
      attempt: 1,
      signal: requestContext.signal,
      why: () => null,
    }),
    Date.now(),
  )

  const { will, forecast } = await answer
  expect(will).toMatchObject({ recipe: 'scratch-small', base_version: null, epochs: 4 })
  expect(forecast!.seconds).toBeGreaterThan(0.5)
  expect(forecast!.memory_mb).toBeGreaterThan(80)
  expect(forecast!.words).toMatch(/^about .+, [\d,]+ MB$/)
  // no worker is running: it must not be measured again
  const longer = await forecasts.forecastRetrain({ ...retrainInput, epochs: 40 }, requestContext)
  expect(longer.forecast!.seconds).toBeGreaterThan(forecast!.seconds)
  expect(existsSync(`${darkroom.folder}/runs/probe-${(job.payload as JobPayloads['probe']).name}`)).toBe(
    false,
  )
}, 180_000)
