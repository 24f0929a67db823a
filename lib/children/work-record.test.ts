import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openWorkRecord } from './work-record.ts'

function fileFor(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-work-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return path.join(folder, 'work')
}

test('the successor of a process that ended knows what it was doing, and only that', () => {
  const file = fileFor()
  const first = openWorkRecord(file)
  expect(first.left).toEqual([])
  const done = first.begin('decode a')
  first.begin('load b 1')
  first.begin('decode c')
  done()
  first.begin('decode d') // in the place that became free

  expect([...openWorkRecord(file).left].sort()).toEqual(['decode c', 'decode d', 'load b 1'])
})

test('what was left is reported once', () => {
  const file = fileFor()
  openWorkRecord(file).begin('decode a')
  expect(openWorkRecord(file).left).toEqual(['decode a'])
  expect(openWorkRecord(file).left).toEqual([])
})
