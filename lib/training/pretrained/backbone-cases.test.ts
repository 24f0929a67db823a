import { expect, test } from 'vitest'
import { createBackboneCases, type BackboneParts } from './backbone-cases.ts'

type LatestJob = Awaited<ReturnType<BackboneParts['data']['jobs']['latest']>>

/** A queue with one job, in the state that a test gives it. */
function cases(latest: Partial<NonNullable<LatestJob>> | null, change: Partial<BackboneParts> = {}) {
  const calls: string[] = []
  const job: LatestJob = latest && {
    id: 'job-1',
    kind: 'backbone',
    payload: {},
    state: 'queued',
    attempt: 1,
    result: null,
    error: null,
    createdAt: new Date(0),
    endedAt: null,
    ...latest,
  }
  const backbone = createBackboneCases({
    data: {
      jobs: {
        latest: async () => job,
        enqueue: async (kind) => {
          calls.push(`enqueue ${kind}`)
          return 'job-2'
        },
        requestCancel: async (id) => {
          calls.push(`cancel ${id}`)
          return 'cancelled'
        },
      },
    },
    isInstalled: () => false,
    isOff: false,
    now: () => new Date(0),
    ...change,
  })
  return { backbone, calls }
}
const failed = {
  state: 'failed',
  endedAt: new Date(5),
  error: { code: 'bad_data_file', message: 'The registry did not answer.' },
} as const

test.each<[string, Partial<NonNullable<LatestJob>> | null, Partial<BackboneParts>, object]>([
  ['nothing was tried', null, {}, { state: 'missing', job_id: null, last_failure: null }],
  ['it waits', { state: 'queued' }, {}, { state: 'queued', job_id: 'job-1' }],
  ['it is being fetched', { state: 'running' }, {}, { state: 'running', job_id: 'job-1' }],
  [
    'the last try failed',
    failed,
    {},
    {
      state: 'missing',
      job_id: null,
      last_failure: { at: '1970-01-01T00:00:00.005Z', message: 'The registry did not answer.' },
    },
  ],
  [
    'it is there, whatever failed before',
    failed,
    { isInstalled: () => true },
    { state: 'installed', last_failure: null },
  ],
  ['BACKBONE=own', null, { isOff: true, isInstalled: () => true }, { state: 'off' }],
])('the state when %s', async (_, job, change, expected) => {
  expect(await cases(job, change).backbone.getBackbone()).toMatchObject(expected)
})

test('fetching queues one job', async () => {
  const { backbone, calls } = cases(failed)

  expect(await backbone.fetchBackbone()).toMatchObject({ success: true, job_id: 'job-2' })
  expect(calls).toEqual(['enqueue backbone'])
})

test.each<[string, Partial<NonNullable<LatestJob>> | null, Partial<BackboneParts>, string]>([
  ['one is running', { state: 'running' }, {}, 'already_running'],
  ['it is installed', null, { isInstalled: () => true }, 'conflict'],
  ['BACKBONE=own prevents it', null, { isOff: true }, 'conflict'],
])('nothing is fetched when %s', async (_, job, change, code) => {
  const { backbone, calls } = cases(job, change)

  await expect(backbone.fetchBackbone()).rejects.toMatchObject({ code })
  expect(calls).toEqual([])
})

test('a running download is cancelled; without one there is nothing to cancel', async () => {
  const running = cases({ state: 'running' })
  await running.backbone.cancelBackbone()
  expect(running.calls).toEqual(['cancel job-1'])

  await expect(cases(failed).backbone.cancelBackbone()).rejects.toMatchObject({ code: 'not_found' })
})
