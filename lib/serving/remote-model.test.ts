import { expect, test } from 'vitest'
import { createRemoteModel } from './remote-model.ts'
import { fakeClock } from './serving.fakes.ts'

function remoteModel() {
  const clock = fakeClock()
  const lines: string[] = []
  const endpoint = { checks: 0, runs: 0, failure: null as string | null }
  const answer = async <T>(value: T): Promise<T> => {
    if (endpoint.failure !== null) throw new Error(endpoint.failure)
    return value
  }
  let changes = 0
  const model = createRemoteModel<number, number>({
    name: 'shapes v1',
    port: {
      check() {
        endpoint.checks += 1
        return answer(undefined)
      },
      run(inputs) {
        endpoint.runs += 1
        return answer(inputs.map((input) => 2 * input))
      },
    },
    clock,
    log: (_level, message) => lines.push(message),
    changed: () => (changes += 1),
  })
  return { clock, lines, endpoint, model, changes: () => changes }
}

/** Until the promises that are settled have been answered. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('an endpoint predicts once it has been checked, and not before', async () => {
  const { model, endpoint, changes } = remoteModel()

  expect([model.state().kind, await model.run([1])]).toEqual(['checking', null])
  await settled()

  expect(await model.run([1, 2])).toEqual([2, 4])
  expect([model.state().kind, endpoint.runs, changes()]).toEqual(['in-use', 1, 1])
})

test('single failures are left to the local engine; three in a row end the use of the endpoint', async () => {
  const { model, endpoint, lines } = remoteModel()
  await settled()
  endpoint.failure = 'it cannot be reached'
  expect([await model.run([1]), await model.run([1])]).toEqual([null, null])
  endpoint.failure = null
  expect(await model.run([1])).toEqual([2])

  endpoint.failure = 'it cannot be reached'
  for (let i = 0; i < 3; i++) expect(await model.run([1])).toBeNull()
  const runs = endpoint.runs
  expect(await model.run([1])).toBeNull()

  expect(endpoint.runs).toBe(runs) // no further request
  expect(model.state()).toEqual({ kind: 'unavailable', reason: 'it cannot be reached' })
  expect(lines.at(-1)).toContain('The inference endpoint is not used for shapes v1: it cannot be reached.')
})

test('an endpoint that fails is checked again after pauses that double up to a minute', async () => {
  const { model, endpoint, clock, lines } = remoteModel()
  endpoint.failure = 'it has another model under this name'
  await settled()
  for (let i = 0; i < 3; i++) await model.run([1])

  const pauses: number[] = []
  while (pauses.length < 9) {
    const [checks, began] = [endpoint.checks, clock.now()]
    while (endpoint.checks === checks) {
      clock.advance(500)
      await settled()
    }
    pauses.push((clock.now() - began) / 1000)
  }

  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  expect(lines).toHaveLength(2) // not once more for the same reason
})

test('an endpoint that is back is used again, and its next failure has a short pause', async () => {
  const { model, endpoint, clock } = remoteModel()
  await settled()
  endpoint.failure = 'it cannot be reached'
  for (let i = 0; i < 3; i++) await model.run([1])
  clock.advance(1_000)
  await settled()

  endpoint.failure = null
  clock.advance(2_000)
  await settled()

  expect([model.state().kind, await model.run([3])]).toEqual(['in-use', [6]])
  endpoint.failure = 'status 500'
  for (let i = 0; i < 3; i++) await model.run([1])
  const { checks } = endpoint
  clock.advance(1_000)
  expect(endpoint.checks).toBe(checks + 1)
})

test('requests that fail together leave the endpoint once', async () => {
  const { model, endpoint, clock } = remoteModel()
  await settled()
  endpoint.failure = 'it does not answer within 2000 ms'

  await Promise.all(Array.from({ length: 8 }, () => model.run([1])))

  expect([model.state().kind, clock.timers()]).toEqual(['unavailable', 1])
})

test('a version that is not loaded any more is not checked any more', async () => {
  const { model, endpoint, clock } = remoteModel()
  endpoint.failure = 'it cannot be reached'
  await settled()

  model[Symbol.dispose]()

  expect(clock.timers()).toBe(0)
})
