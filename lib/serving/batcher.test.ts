import { expect, test } from 'vitest'
import { createBatcher, type BatcherParts } from './batcher.ts'
import { fakeClock } from './serving.fakes.ts'

/** An engine that finishes a batch when the test resolves it; its output is the input in upper case. */
function engine() {
  const batches: string[][] = []
  const open: (() => void)[] = []
  const run = (items: readonly string[]) => {
    batches.push([...items])
    return new Promise<string[]>((resolve) =>
      open.push(() => resolve(items.map((item) => item.toUpperCase()))),
    )
  }
  const answer = async () => {
    open.shift()!()
    await new Promise(setImmediate)
  }
  return { batches, run, answer }
}

function batching(change: Partial<BatcherParts<string, string>> = {}) {
  const child = engine()
  const clock = fakeClock()
  const batcher = createBatcher<string, string>({
    most: 8,
    capacity: 100,
    lanes: () => 1,
    keyOf: () => 'v1',
    run: child.run,
    clock,
    soon: (then) => then(),
    ...change,
  })
  return {
    child,
    clock,
    batcher,
    ask: (item: string, deadline = 1_000) => batcher.submit(item, deadline).then((a) => a.output),
  }
}

test('the first image leaves at once; images that arrive meanwhile leave together', async () => {
  const { child, ask } = batching()

  const answers = ['a', 'b', 'c'].map((item) => ask(item))
  expect(child.batches).toEqual([['a']])

  await child.answer()
  expect(child.batches).toEqual([['a'], ['b', 'c']])

  await child.answer()
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C'])
})

test('images that arrive in the same turn of the event loop share a batch', async () => {
  const { child, ask } = batching({ soon: setImmediate })

  const answers = ['a', 'b', 'c'].map((item) => ask(item))
  expect(child.batches).toEqual([])
  await new Promise(setImmediate) // a turn that brings nothing more
  await new Promise(setImmediate)
  expect(child.batches).toEqual([['a', 'b', 'c']])

  await child.answer()
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C'])
})

test('when every turn brings more, a batch starts after 10 ms all the same', () => {
  const turns: (() => void)[] = []
  const { child, clock, ask } = batching({ soon: (then) => void turns.push(then) })

  for (const item of ['a', 'b', 'c']) {
    void ask(item)
    clock.advance(6)
    turns.shift()?.()
  }

  expect(child.batches).toEqual([['a', 'b']])
})

test('while others are refused, single images that have waited too long are too, and bulk items are not', async () => {
  let longest = Infinity
  const isBulk = (item: string) => item === 'bulk'
  const { child, clock, ask } = batching({ longestWaitMs: () => longest, isBulk })
  void ask('a')
  const late = expect(ask('late')).rejects.toMatchObject({
    code: 'overloaded',
    extras: { retryAfterSeconds: 1 },
  })
  void ask('bulk')
  clock.advance(50)
  void ask('recent')
  clock.advance(60)

  longest = 80
  await child.answer()

  await late
  expect(child.batches).toEqual([['a'], ['recent', 'bulk']])
})

test('a batch is never larger than the efficient batch size', async () => {
  const { child, ask } = batching({ most: 2 })

  const answers = ['a', 'b', 'c', 'd'].map((item) => ask(item))
  await child.answer()
  await child.answer()
  await child.answer()

  expect(child.batches).toEqual([['a'], ['b', 'c'], ['d']])
  expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D'])
})

test('two free engines start two batches', () => {
  const { child, ask } = batching({ lanes: () => 2 })

  void ask('a')
  void ask('b')
  void ask('c')

  expect(child.batches).toEqual([['a'], ['b']])
})

test('images for different versions never share a batch, and none is forgotten', async () => {
  const { child, ask } = batching({ keyOf: (item) => item[0]! })

  const answers = ['x1', 'y1', 'x2', 'y2', 'x3'].map((item) => ask(item))
  await child.answer()
  await child.answer()
  await child.answer()

  expect(child.batches).toEqual([['x1'], ['y1', 'y2'], ['x2', 'x3']])
  expect(await Promise.all(answers)).toEqual(['X1', 'Y1', 'X2', 'Y2', 'X3'])
})

test('a request that finds the queue full is refused at once, with a time to retry', async () => {
  const { ask } = batching({ capacity: 2 })
  void ask('a')
  void ask('b')
  void ask('c')

  await expect(ask('d')).rejects.toMatchObject({ code: 'overloaded', extras: { retryAfterSeconds: 1 } })
})

test('expired work is dropped, not computed', async () => {
  const { child, clock, ask } = batching()
  void ask('a', 5_000)
  const late = expect(ask('b', 100)).rejects.toMatchObject({ code: 'overloaded' })
  const patient = ask('c', 5_000)

  clock.advance(200)
  await late
  await child.answer()
  await child.answer()

  expect(child.batches).toEqual([['a'], ['c']])
  expect(await patient).toBe('C')
})

test('an image whose client has disconnected is not computed', async () => {
  const { child, batcher, ask } = batching()
  const gone = new AbortController()
  void ask('a')
  const cancelled = expect(batcher.submit('b', 1_000, gone.signal)).rejects.toMatchObject({
    code: 'client_closed',
  })

  gone.abort()
  await child.answer()

  await cancelled
  expect(child.batches).toEqual([['a']])
})

test('without any engine, a request fails at its deadline', async () => {
  const { clock, ask, child } = batching({ lanes: () => 0 })
  const refused = expect(ask('a', 300)).rejects.toMatchObject({ code: 'overloaded' })

  clock.advance(301)

  await refused
  expect(child.batches).toEqual([])
  expect(clock.timers()).toBe(0)
})

test('once every item is computed, no timer keeps the process from ending', async () => {
  const { clock, child, ask } = batching()
  const answers = ['a', 'b'].map((item) => ask(item, 600_000))

  await child.answer()
  await child.answer()

  expect(await Promise.all(answers)).toEqual(['A', 'B'])
  expect(clock.timers()).toBe(0)
})

test('an engine that becomes ready later takes the queued items when woken', async () => {
  let lanes = 0
  const { child, batcher, ask } = batching({ lanes: () => lanes })
  const answers = [ask('a'), ask('b')]

  lanes = 1
  batcher.wake()
  await child.answer()

  expect(child.batches).toEqual([['a', 'b']])
  expect(await Promise.all(answers)).toEqual(['A', 'B'])
})

test('a batch that returns too few results fails as a whole, and the next one runs', async () => {
  let honest = false
  const { ask } = batching({ run: async (items) => (honest ? [...items] : items.slice(1)) })

  await expect(ask('a')).rejects.toThrow('A batch of 1 returned 0 results')
  honest = true

  expect(await ask('b')).toBe('b')
})

test('queue time and engine time are reported separately', async () => {
  const { child, clock, batcher } = batching()
  void batcher.submit('a', 1_000)
  const second = batcher.submit('b', 1_000)

  clock.advance(40)
  await child.answer()
  clock.advance(70)
  await child.answer()

  expect((await second).queuedMs).toBe(40)
})

/** Items of bulk requests begin with "b"; the text after the colon is their key. */
function withBulk() {
  const ended: PromiseWithResolvers<void>[] = []
  const batches: string[] = []
  const batcher = createBatcher<string, string>({
    most: 8,
    capacity: 100,
    lanes: () => 1,
    clock: fakeClock(),
    soon: (then) => then(),
    keyOf: (item) => item.split(':')[1] ?? '',
    isBulk: (item) => item.startsWith('b'),
    run: async (items) => {
      batches.push(items.join(' '))
      const end = Promise.withResolvers<void>()
      ended.push(end)
      await end.promise
      return items
    },
  })
  const endOne = async () => {
    ended.at(-1)!.resolve()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const submit = (...items: string[]) => {
    for (const item of items) void batcher.submit(item, 1e9).catch(() => {})
  }
  return { batches, submit, endOne }
}

test('single requests go before queued bulk items, which keep a quarter of each batch', async () => {
  const { batches, submit, endOne } = withBulk()
  submit('s0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6')
  submit(...Array.from({ length: 9 }, (_, i) => `s${i + 1}`))

  await endOne()
  await endOne()

  expect(batches).toEqual(['s0', 's1 s2 s3 s4 s5 s6 b1 b2', 's7 s8 s9 b3 b4 b5 b6'])
})

test('a bulk request alone fills whole batches, and a single request waits for one of them', async () => {
  const { batches, submit, endOne } = withBulk()
  submit('b0', ...Array.from({ length: 16 }, (_, i) => `b${i + 1}`))
  await endOne()
  submit('s1')
  await endOne()

  expect(batches).toEqual(['b0', 'b1 b2 b3 b4 b5 b6 b7 b8', 's1 b9 b10 b11 b12 b13 b14 b15'])
})

test('bulk items of another version are not postponed indefinitely', async () => {
  const { batches, submit, endOne } = withBulk()
  submit('s:v1', 'b1:v2', 'b2:v2')
  for (let i = 0; i < 5; i++) {
    submit(`s${i}:v1`)
    await endOne()
  }

  expect(batches).toEqual(['s:v1', 's0:v1', 's1:v1', 's2:v1', 'b1:v2 b2:v2', 's3:v1 s4:v1'])
})
