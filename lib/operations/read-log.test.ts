import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listLogs } from '#lib/contracts/logs.ts'
import { createLogs } from './read-log.ts'

const REQUEST = '0193b3f0-0000-7000-8000-000000000001'
const input = (values: object = {}) => listLogs.input.parse(values)
const lineOf = (n: number, more: object = {}) => {
  const time = new Date(n * 1000).toISOString()
  return `${JSON.stringify({ level: 30, time, process: 'web', pid: 7, msg: `line ${n}`, ...more })}\n`
}

function logFolder(): { dataDir: string; file: (name: string) => string } {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-logs-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  mkdirSync(path.join(dataDir, 'logs'))
  return { dataDir, file: (name) => path.join(dataDir, 'logs', name) }
}

test('the newest lines come first, across rotated files', async () => {
  const { dataDir, file } = logFolder()
  writeFileSync(file('darkroom.2.log'), lineOf(1))
  writeFileSync(file('darkroom.1.log'), lineOf(2) + lineOf(3))
  writeFileSync(file('darkroom.log'), lineOf(4) + lineOf(5))

  const { lines, is_complete: isComplete } = await createLogs({ dataDir })(input())

  expect(lines.map(({ message }) => message)).toEqual(['line 5', 'line 4', 'line 3', 'line 2', 'line 1'])
  expect(isComplete).toBe(true)
})

test('lines longer than a chunk of the file are read whole, and so are more lines than requested', async () => {
  const { dataDir, file } = logFolder()
  const long = 'ä'.repeat(50_000)
  for (let n = 1; n <= 5; n++) appendFileSync(file('darkroom.log'), lineOf(n, { long }))

  const { lines, is_complete: isComplete } = await createLogs({ dataDir })(input({ limit: 4 }))

  expect(lines.map(({ message }) => message)).toEqual(['line 5', 'line 4', 'line 3', 'line 2'])
  expect(lines.every(({ about }) => about['long'] === long)).toBe(true)
  expect(isComplete).toBe(false)
})

test('lines are filtered by level, request and text; an incomplete line is omitted', async () => {
  const { dataDir, file } = logFolder()
  writeFileSync(
    file('darkroom.log'),
    lineOf(1) +
      lineOf(2, { level: 40 }) +
      lineOf(3, { level: 50, request_id: REQUEST, err: { message: 'The disk is full' } }) +
      '{"level":50,"time":"2026',
  )
  const logs = createLogs({ dataDir })
  const lines = async (values: object) => (await logs(input(values))).lines.map(({ message }) => message)

  expect(await lines({ level: 'warn' })).toEqual(['line 3', 'line 2'])
  expect(await lines({ request_id: REQUEST })).toEqual(['line 3'])
  expect(await lines({ text: 'DISK' })).toEqual(['line 3'])
  expect(await lines({ request_id: '0193b3f0-0000-7000-8000-000000000002' })).toEqual([])
})

test('without a log the result is empty', async () => {
  expect(await createLogs({ dataDir: '/nowhere/at/all' })(input())).toEqual({ lines: [], is_complete: true })
})
