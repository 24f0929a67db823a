import { expect, test } from 'vitest'
import type { Child, ChildListener } from './child.ts'
import { superviseChild, type End } from './supervise.ts'

type ParentMessage = { readonly kind: 'stop' }
type ChildMessage =
  | { readonly kind: 'ready'; readonly engine: string }
  | { readonly kind: 'unable'; readonly reason: string }
  | { readonly kind: 'hello' }

function supervised({
  startTimeoutMs = Infinity,
  stop = { timeoutMs: 2_000 } as { message?: ParentMessage; timeoutMs: number },
  ready = async () => ({}),
  failsToFork = (): boolean => false,
  silence = undefined as { lookEveryMs: number; mostMs: number } | undefined,
} = {}) {
  const children: {
    events: ChildListener<ChildMessage>
    sent: ParentMessage[]
    signals: string[]
    at: number
  }[] = []
  const heard: ChildMessage[] = []
  const ends: End[] = []
  const lines: string[] = []
  let now = 0
  let timers: { at: number; then: () => void }[] = []
  const child = superviseChild<ParentMessage, ChildMessage>(
    'web',
    {
      fork: (): Child<ParentMessage, ChildMessage> => {
        if (failsToFork()) throw new Error('spawn ENOMEM')
        const sent: ParentMessage[] = []
        const signals: string[] = []
        return {
          pid: children.length + 1,
          send: (message) => void sent.push(message),
          kill: (signal) => void signals.push(signal),
          listen: (events) => void children.push({ events, sent, signals, at: now }),
        }
      },
      clock: {
        now: () => now,
        after: (ms, then) => {
          const timer = { at: now + ms, then }
          timers.push(timer)
          return () => {
            timers = timers.filter((one) => one !== timer)
          }
        },
      },
      log: (_level, line) => void lines.push(line),
      startTimeoutMs,
      stop,
      ...(silence && { silence }),
    },
    { ready, message: (message) => void heard.push(message), ended: (end) => void ends.push(end) },
  )
  /** Advances the time and lets pending work settle. */
  const pass = async (ms: number): Promise<void> => {
    now += ms
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { then } of due) then()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const last = () => children.at(-1)!
  return { child, children, heard, ends, lines, pass, last }
}

test('a child that had started is restarted at once, even after its fifth end within ten seconds', async () => {
  const { children, pass, last } = supervised()

  for (let end = 1; end <= 5; end++) {
    last().events.message({ kind: 'ready', engine: 'onnx' })
    await pass(1_500)
    last().events.exit('SIGSEGV')
    await pass(0)
  }

  expect(children.map(({ at }) => at)).toEqual([0, 1_500, 3_000, 4_500, 6_000, 7_500])
})

test('a child that cannot start reports why, and is restarted at growing intervals', async () => {
  const { ends, pass, last, heard } = supervised()

  for (const waitMs of [0, 200, 500]) {
    last().events.message({ kind: 'unable', reason: 'no engine fits this machine' })
    last().events.exit('code 1')
    await pass(waitMs)
  }

  expect(ends).toEqual([
    { reason: 'no engine fits this machine', waitMs: 0, failedStarts: 1 },
    { reason: 'no engine fits this machine', waitMs: 200, failedStarts: 2 },
    { reason: 'no engine fits this machine', waitMs: 500, failedStarts: 3 },
  ])
  expect(heard).toHaveLength(3)
})

test('when the system cannot fork, the parent retries instead of ending', async () => {
  let forks = 0
  const { children, ends, pass } = supervised({ failsToFork: () => ++forks <= 2 })
  await pass(0)
  await pass(0)
  await pass(200)

  expect(ends.map(({ reason, waitMs }) => `${reason}, ${waitMs}`)).toEqual([
    'spawn ENOMEM, 0',
    'spawn ENOMEM, 200',
  ])
  expect(children).toHaveLength(1)
})

test('a child counts as started when its owner has prepared it; a failure there ends it', async () => {
  const { ends, pass, last } = supervised({
    ready: async () => {
      throw new Error('its models could not be loaded')
    },
  })

  last().events.message({ kind: 'ready', engine: 'onnx' })
  await pass(0)
  expect(last().signals).toEqual(['SIGKILL'])
  last().events.exit('SIGKILL')

  expect(ends).toEqual([{ reason: 'its models could not be loaded', waitMs: 0, failedStarts: 1 }])
})

test('a silent child is ended when its start timeout has passed', async () => {
  const { ends, pass, last } = supervised({ startTimeoutMs: 30_000 })

  await pass(30_000)
  last().events.exit('SIGKILL')

  expect(ends[0]).toMatchObject({ reason: 'it was not ready within 30 s' })
})

test('a stopped child ends and is not restarted; if it does not end, it is killed', async () => {
  const { child, children, lines, pass, last } = supervised({
    stop: { message: { kind: 'stop' }, timeoutMs: 11_000 },
  })
  let hasEnded = false

  const stopping = child.stop().then(() => {
    hasEnded = true
  })
  expect(last().sent).toEqual([{ kind: 'stop' }])
  await pass(11_000)
  expect(last().signals).toEqual(['SIGKILL'])
  expect(hasEnded).toBe(false)
  last().events.exit('SIGKILL')
  await stopping
  await pass(60_000)

  expect(children).toHaveLength(1)
  expect(lines).toEqual(['web did not end within 11 s and is killed'])
})

test('a child stopped while it waits for its next start never starts', async () => {
  const { child, children, pass, last } = supervised()
  last().events.exit('code 1')

  await child.stop()
  await pass(60_000)

  expect(children).toHaveLength(1)
  expect(child.pid()).toBeNull()
})

test('a child that stops sending messages is killed and restarted, and one that sends them is not', async () => {
  const { child, children, ends, pass, last } = supervised({ silence: { lookEveryMs: 1_000, mostMs: 3_000 } })
  last().events.message({ kind: 'ready', engine: 'onnx' })
  await pass(0)

  for (let second = 1; second <= 5; second++) {
    await pass(1_000)
    last().events.message({ kind: 'hello' })
  }
  expect(last().signals).toEqual([])
  await pass(1_000)
  await pass(1_000)
  expect(child.silentMs()).toBe(2_000)
  await pass(1_000)
  expect(last().signals).toEqual(['SIGKILL'])
  last().events.exit('SIGKILL')
  await pass(0)

  expect(ends[0]).toMatchObject({ reason: 'it has not responded for 3 s', waitMs: 0 })
  expect(child.silentMs()).toBe(0)
  expect(children).toHaveLength(2)
})

test('a child that takes long to start, or whose parent was suspended meanwhile, is not killed for it', async () => {
  const { child, pass, last } = supervised({ silence: { lookEveryMs: 1_000, mostMs: 3_000 } })
  await pass(60_000)
  expect(child.silentMs()).toBe(0)

  last().events.message({ kind: 'ready', engine: 'onnx' })
  await pass(0)
  await pass(3_600_000)

  expect(child.silentMs()).toBe(1_000)
  expect(last().signals).toEqual([])
})
