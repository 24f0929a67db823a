import { expect, test } from 'vitest'
import type { InferenceCommand } from '#lib/contracts/ipc.ts'
import { forkFake, pooled, START_TIMEOUT_MS } from './forked.fakes.ts'
import { CRASHES, HANGS, IS_CORRUPT, KILLS } from './misbehaviour.fakes.ts'
import { LONGEST_BATCH_MS } from './pool.ts'
import { fakeClock } from './serving.fakes.ts'

const version = { key: 'shapes v1', folder: '/models/shapes/v1' }
const limits = { maxPixels: 1e6, wantsFeatures: false }
const image = (first: number) => Uint8Array.of(first, 2, 3)
const firstOf = (answer: { ok: boolean; logits?: Float32Array }) => (answer.ok ? answer.logits![0] : answer)

test('children answer images as bytes, in order, one bad image among them', async () => {
  const { pool } = pooled()
  await pool.load(version)

  const { images: answers, engine } = await pool.infer(
    version,
    [image(1), image(IS_CORRUPT), image(3)],
    limits,
  )

  expect(engine).toBe('wasm')
  expect(answers.map(firstOf)).toEqual([
    1,
    expect.objectContaining({ ok: false, failure: expect.objectContaining({ code: 'corrupt_image' }) }),
    3,
  ])
})

test('the second child begins when the first is ready, or has failed to be', async () => {
  let forks = 0
  const { pool, until } = pooled({ size: 3, fork: () => forkFake(++forks === 1 ? 'unable' : 'good') })
  expect(forks).toBe(1)

  await until(() => pool.ready() === 3)

  expect(forks).toBe(4)
})

test('two children work at the same time', async () => {
  const { pool, until } = pooled()
  await until(() => pool.ready() === 2)
  await pool.load(version)

  const both = await Promise.all([
    pool.infer(version, [image(1)], limits),
    pool.infer(version, [image(2)], limits),
  ])

  const pids = both.map(({ images: [one] }) => (one?.ok ? one.logits[1] : 0))
  expect(new Set(pids).size).toBe(2)
})

test('what a killed child left unanswered another answers, and the child comes back with what it knew', async () => {
  const { pool, until, lines } = pooled()
  await until(() => pool.ready() === 2)
  await pool.load(version)
  const before = pool.children().map(({ pid }) => pid)

  const request = Array.from({ length: 40 }, (_, i) => pool.infer(version, [image(i)], limits))
  process.kill(before[0]!, 'SIGKILL')
  const answers = await Promise.all(request)
  await until(() => pool.ready() === 2)

  expect(answers.map(({ images: [one] }) => firstOf(one!))).toEqual(Array.from({ length: 40 }, (_, i) => i))
  expect(pool.children().map(({ pid }) => pid)).not.toContain(before[0])
  expect(lines.join('\n')).toMatch(/inference 1 ended: SIGKILL/)
})

test('a version that was loaded before survives five processes that are killed while they load it', async () => {
  let forks = 0
  const { pool, until, lines } = pooled({
    size: 1,
    fork: () => forkFake(++forks > 1 && forks <= 6 ? 'killed while loading' : 'good'),
  })
  await pool.load(version)

  process.kill(pool.children()[0]!.pid!, 'SIGKILL')
  const { images } = await pool.infer(version, [image(7)], limits)

  expect(images.map(firstOf)).toEqual([7])
  expect(forks).toBe(7)
  await until(() => pool.ready() === 1)
  expect(lines.join('\n')).not.toContain('cannot load')
})

test.each([
  ['crashes its process', CRASHES, 'corrupt_image', 'SIGSEGV', 2], // with its batch, and alone
  ['has its process killed each time', KILLS, 'needs_more_memory', 'SIGKILL', 4],
])(
  'an image that %s is refused alone; those of its batch are answered',
  async (_story, bad, code, signal, ends) => {
    const { pool, lines } = pooled()
    await pool.load(version)

    const { images } = await pool.infer(version, [image(1), image(bad), image(3)], limits)

    expect(images.map(firstOf)).toEqual([
      1,
      expect.objectContaining({ failure: expect.objectContaining({ code }) }),
      3,
    ])
    expect(lines.filter((line) => line.includes(`ended: ${signal}`))).toHaveLength(ends)
  },
)

test('an image is answered although its process was killed three times while it computed it', async () => {
  let forks = 0
  const { pool } = pooled({
    size: 1,
    fork: () => forkFake(++forks <= 3 ? 'killed while computing' : 'good'),
  })
  await pool.load(version)

  const { images } = await pool.infer(version, [image(7)], limits)

  expect(images.map(firstOf)).toEqual([7])
  expect(forks).toBe(4)
})

test('a child that hangs is ended when its time is over, and its image is refused with that reason', async () => {
  const clock = fakeClock()
  const request = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let inferences = 0
  const fork = () => {
    const child = forkFake()
    return {
      ...child,
      send: (message: InferenceCommand) => {
        child.send(message)
        if (message.kind === 'infer') request[inferences++]!.resolve()
      },
    }
  }
  const { pool, until, lines } = pooled({ size: 1, clock, fork })
  await until(() => pool.ready() === 1)
  await pool.load(version)

  const answer = pool.infer(version, [image(HANGS)], limits)
  await request[0]!.promise
  clock.advance(LONGEST_BATCH_MS)
  await until(() => lines.some((line) => line.includes('is restarted')))
  clock.advance(0)
  await request[1]!.promise
  clock.advance(LONGEST_BATCH_MS)

  expect((await answer).images).toEqual([
    expect.objectContaining({ failure: expect.objectContaining({ code: 'corrupt_image' }) }),
  ])
  expect(lines.join('\n')).toContain('it did not reply to "infer" within 45 s')
})

test('a child that never gets ready is replaced, with growing patience', async () => {
  const clock = fakeClock()
  let forks = 0
  const { pool, until, lines } = pooled({
    size: 1,
    clock,
    fork: () => forkFake(++forks < 3 ? 'silent' : 'good'),
  })

  clock.advance(START_TIMEOUT_MS)
  await until(() => lines.some((line) => line.endsWith('It is restarted.')))
  clock.advance(0)
  clock.advance(START_TIMEOUT_MS)
  await until(() => lines.some((line) => line.endsWith('It is restarted in 200 ms.')))
  expect(pool.children()[0]).toMatchObject({ state: 'away', reason: 'it was not ready within 30 s' })

  clock.advance(200)
  await until(() => pool.ready() === 1)
})

test('a child that is unable says why', async () => {
  const { pool, until, lines } = pooled({ size: 1, fork: () => forkFake('unable') })

  await until(() => lines.some((line) => line.includes('is restarted')))

  expect(pool.children()[0]!.reason).toBe('no engine fits this machine')
})

test.each([
  ['a version whose golden answers are wrong is refused by its name', 'corrupt', /shapes v2.*golden input 3/],
  [
    'a version that ends the process that loads it is refused',
    'deadly',
    /shapes v2.*the process that loaded it ended/,
  ],
])('%s, and the one before it goes on answering', async (_story, folder, words) => {
  const { pool, until } = pooled()
  await until(() => pool.ready() === 2)
  await pool.load(version)

  await expect(pool.load({ key: 'shapes v2', folder })).rejects.toMatchObject({
    code: 'bad_bundle',
    message: expect.stringMatching(words),
  })

  const { images: answers } = await pool.infer(version, [image(7)], limits)
  expect(answers.map(firstOf)).toEqual([7])
})

test('an ended pool has no children, and starts none', async () => {
  const { pool, until } = pooled()
  await until(() => pool.ready() === 2)
  const pids = pool.children().map(({ pid }) => pid!)

  await pool[Symbol.asyncDispose]()

  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(pool.ready()).toBe(0)
})
