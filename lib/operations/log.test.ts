import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rotateFullLog } from './log.ts'

const NOON = new Date('2026-11-21T12:00:00Z')
const lineAt = (time: string) =>
  `${JSON.stringify({ level: 30, time, process: 'web', pid: 1, msg: 'text' })}\n`

function logFolder(): { dataDir: string; file: (name: string) => string } {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-log-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  mkdirSync(path.join(dataDir, 'logs'))
  return { dataDir, file: (name) => path.join(dataDir, 'logs', name) }
}

test('a file of today that is not full stays', () => {
  const { dataDir, file } = logFolder()
  writeFileSync(file('darkroom.log'), lineAt('2026-11-21T00:00:01Z'))

  expect(rotateFullLog(dataDir, NOON)).toBe(false)
  expect(readdirSync(path.join(dataDir, 'logs'))).toEqual(['darkroom.log'])
})

test('yesterday’s file is rotated, and so is a full one', () => {
  const { dataDir, file } = logFolder()
  writeFileSync(file('darkroom.log'), lineAt('2026-11-20T23:59:59Z'))

  expect(rotateFullLog(dataDir, NOON)).toBe(true)
  expect(existsSync(file('darkroom.log'))).toBe(false)

  writeFileSync(file('darkroom.log'), lineAt('2026-11-21T00:00:01Z'))
  appendFileSync(file('darkroom.log'), Buffer.alloc(21 * 1024 ** 2, 'x'))
  expect(rotateFullLog(dataDir, NOON)).toBe(true)
  expect(readFileSync(file('darkroom.1.log'), 'utf8')).toContain('2026-11-21')
  expect(readFileSync(file('darkroom.2.log'), 'utf8')).toContain('2026-11-20')
})

test('seven rotated files are kept, and the oldest is removed', () => {
  const { dataDir, file } = logFolder()
  for (let day = 1; day <= 9; day++) {
    writeFileSync(file('darkroom.log'), lineAt(`2026-11-0${day}T12:00:00Z`))
    rotateFullLog(dataDir, NOON)
  }

  expect(readdirSync(path.join(dataDir, 'logs')).toSorted()).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((age) => `darkroom.${age}.log`),
  )
  expect(readFileSync(file('darkroom.7.log'), 'utf8')).toContain('2026-11-03')
})

/** A separate process: a process cannot read its own terminal output. */
function textOf(terminal: 'lines' | 'sentences', then = '') {
  const { dataDir, file } = logFolder()
  const program = `
    import { openLog } from ${JSON.stringify(path.join(import.meta.dirname, 'log.ts'))}
    const log = openLog({ level: 'info', dataDir: ${JSON.stringify(dataDir)}, name: 'web', terminal: '${terminal}' })
    log('info', 'A prediction was answered', { request_id: 'r1' })
    log('warn', 'something odd', { child: 'inference' })
    log('error', 'A request could not be answered', { error: new Error('the disk is gone') })
    ${then}`
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    { encoding: 'utf8' },
  )
  return { stdout, stderr, status, inFile: readFileSync(file('darkroom.log'), 'utf8') }
}
const messagesOf = (lines: string) =>
  lines
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
const ALL = ['A prediction was answered', 'something odd', 'A request could not be answered']

test('the terminal shows a person one sentence per problem; the file has every line', () => {
  const { stdout, stderr, inFile } = textOf('sentences')

  expect(stdout).toBe(
    'Warning (inference): something odd\nError (web): A request could not be answered: the disk is gone\n',
  )
  expect(stderr).toBe('')
  expect(messagesOf(inFile)).toEqual(ALL)
})

test('a log collector on the terminal gets the same lines as the file', () => {
  const { stdout, inFile } = textOf('lines')

  expect(messagesOf(stdout)).toEqual(ALL)
  expect(stdout).toBe(inFile)
})

test('a process that ends at once writes its last lines, and nothing else', () => {
  const { stderr, status, inFile } = textOf('sentences', 'process.exit(3)')

  expect([status, stderr]).toEqual([3, ''])
  // a line already being written may follow the lines of the end: each line has its time
  expect(messagesOf(inFile).toSorted()).toEqual(ALL.toSorted())
})

test('without a log there is nothing to rotate', () => {
  expect(rotateFullLog('/nowhere/at/all', NOON)).toBe(false)
})
