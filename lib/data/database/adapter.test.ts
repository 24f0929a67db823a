import { fork } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { prismaAdapter } from './adapter.ts'
import { connect } from './connection.ts'
import type { Connection } from './connection.ts'
import { PrismaClient } from '../generated/client.ts'
import { copyOfTemplate, folderForTest } from '../opened.fakes.ts'

function opened(): { prisma: PrismaClient; connection: Connection & { readonly file: string } } {
  const file = copyOfTemplate(folderForTest())
  const connection = { ...connect(file), file }
  onTestFinished(() => connection.close())
  return { connection, prisma: new PrismaClient({ adapter: prismaAdapter(connection) }) }
}

const personOf = (name: string) => ({
  id: name,
  name,
  email: `${name}@example.org`,
  role: 'editor',
  passwordHash: '',
  createdAt: new Date('2026-11-21T12:00:00.123Z'),
  isDisabled: false,
  sessionsFrom: new Date(0),
})
const settled = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )

test('texts, numbers, times, yes and no, and bytes come back as they went in', async () => {
  const { prisma } = opened()
  const classifier = {
    id: 'c',
    title: 'Ä "quoted" 🍏',
    size: 32,
    channels: 3,
    fit: 'cover',
    isMirrorable: true,
    hasDigits: false,
    recipe: 'r',
    isShipped: false,
    originalJson: null,
    lastNumber: 0,
    autoRetrain: 'suggest',
    autoRetrainAfter: '20',
    autoPromote: 'better',
    createdAt: new Date('2026-11-21T12:00:00.123Z'),
    trashedAt: null,
  }
  const image = {
    hash: 'h',
    sizeBytes: 2_000_000_000,
    width: 1,
    height: 2,
    mediaType: 'image/png',
    bytes: Uint8Array.of(0, 255, 7),
    isAnonymous: false,
    usedAt: new Date(0),
  }

  await prisma.classifier.create({ data: classifier })
  await prisma.image.create({ data: image })

  expect(await prisma.classifier.findUnique({ where: { id: 'c' } })).toEqual(classifier)
  const read = await prisma.image.findUnique({ where: { hash: 'h' } })
  expect({ ...read, bytes: [...(read?.bytes ?? [])] }).toEqual({ ...image, bytes: [0, 255, 7] })
})

test('times are compared as times, and counted', async () => {
  const { prisma } = opened()
  await prisma.person.createMany({
    data: [personOf('a'), { ...personOf('b'), createdAt: new Date('2026-11-22T00:00:00Z') }],
  })

  const later = await prisma.person.findMany({ where: { createdAt: { gt: '2026-11-21T13:00:00+00:00' } } })

  expect(later.map((person) => person.name)).toEqual(['b'])
  expect(await prisma.person.aggregate({ _count: true, _max: { createdAt: true } })).toEqual({
    _count: 2,
    _max: { createdAt: new Date('2026-11-22T00:00:00Z') },
  })
})

test('constraint violations become the error codes that Prisma knows', async () => {
  const { prisma } = opened()
  await prisma.person.create({ data: personOf('a') })

  expect(await settled(prisma.person.create({ data: { ...personOf('a'), id: 'other' } }))).toBe('P2002')
  expect(
    await settled(prisma.class.create({ data: { classifierId: 'unknown', name: 'x', position: 0 } })),
  ).toBe('P2003')
})

test('a rollback takes nothing along that was acknowledged outside of it', async () => {
  const { prisma, connection } = opened()
  const { promise: started, resolve: begin } = Promise.withResolvers<void>()
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()

  const inside = settled(
    prisma.$transaction(async (transaction) => {
      await transaction.person.create({ data: personOf('inside') })
      begin()
      await mayEnd
      throw new Error('changed my mind')
    }),
  )
  await started
  const outside = prisma.person.create({ data: personOf('outside') })
  const direct = connection.write((writing) => writing.insert('Person', personOf('direct')))
  expect(connection.all('SELECT * FROM "Person"')).toEqual([])
  end()
  await Promise.all([inside, outside, direct])

  expect((await prisma.person.findMany({ orderBy: { name: 'asc' } })).map((person) => person.name)).toEqual([
    'direct',
    'outside',
  ])
})

test('a write that fails leaves nothing and lets the next one in', async () => {
  const { prisma, connection } = opened()

  const failed = connection.write((writing) => {
    writing.insert('Person', personOf('a'))
    throw new Error('half way')
  })

  await expect(failed).rejects.toThrow('half way')
  await connection.write((writing) => writing.insert('Person', personOf('b')))
  expect(await prisma.person.count()).toBe(1)
})

const largePerson = { ...personOf('a'), passwordHash: 'x'.repeat(100_000) }

test.each<[string, (both: ReturnType<typeof opened>) => Promise<unknown>]>([
  [
    'in a prepared statement',
    ({ connection }) => connection.write((writing) => writing.insert('Person', largePerson)),
  ],
  ['in Prisma', ({ prisma }) => prisma.person.create({ data: largePerson })],
  [
    'in a transaction of Prisma',
    ({ prisma }) => prisma.$transaction((tx) => tx.person.create({ data: largePerson })),
  ],
])('a full disk becomes an error with a clear message, and is remembered: %s', async (_, write) => {
  const both = opened()
  const { connection } = both
  const { page_count: pages = 0 } = connection.one<{ page_count: number }>('PRAGMA page_count') ?? {}
  connection.writer.exec(`PRAGMA max_page_count = ${pages}`)

  await expect(write(both)).rejects.toMatchObject({ code: 'disk_full' })

  expect(connection.writingState().diskFullMsAgo).not.toBeNull()
})

test('a checkpoint leaves an open transaction of Prisma alone, and the next one copies', async () => {
  const { prisma, connection } = opened()
  const before = statSync(connection.file).size

  await prisma.$transaction(async (transaction) => {
    await transaction.person.create({ data: largePerson })
    connection.checkpoint()
  })
  expect(statSync(connection.file).size).toBe(before)
  connection.checkpoint()

  expect(statSync(connection.file).size - before).toBeGreaterThan(90_000)
})

test('three processes write at once and every acknowledged row is there', async () => {
  const { prisma, connection } = opened()
  const EACH = 200
  const acknowledged: number[] = []

  const codes = await Promise.all(
    [0, EACH, 2 * EACH].map((first) => {
      const child = fork(
        path.join(import.meta.dirname, 'writer.fakes.ts'),
        [connection.file, String(first), String(EACH)],
        { execArgv: [] },
      )
      child.on('message', (i: number) => acknowledged.push(i))
      return once(child, 'exit').then(([code]) => code as number)
    }),
  )

  expect(codes).toEqual([0, 0, 0])
  expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: 3 * EACH }, (_, i) => i))
  expect(await prisma.person.count()).toBe(3 * EACH)
})
