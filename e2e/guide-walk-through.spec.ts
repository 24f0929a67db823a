/**
 * docs/walk-through.md: its commands run in order, from the root of the repository and without a server,
 * and print what the guide shows.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { ROOT } from '#lib/checks/sources.ts'
import { missingLines, piecesOf } from './guide.ts'

const GUIDE = 'docs/walk-through.md'
const LONGEST_MS = 8 * 60_000 // about one minute on an idle machine of two cores

test('the commands of the walk-through print what it shows', () => {
  test.setTimeout(LONGEST_MS + 10_000)
  const pieces = piecesOf(GUIDE)
  const shell = pieces.filter(({ language }) => language === 'sh')
  const script =
    shell.map(({ line, text }) => `echo "@@ ${line}"\n${text}`).join('') + 'echo "@@ 0"\necho "$DATA_DIR"\n'
  const env = { ...process.env, PATH: `${path.join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` }

  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    timeout: LONGEST_MS,
    maxBuffer: 1e8,
  })

  const printed = new Map(
    stdout
      .split(/^@@ /m)
      .slice(1)
      .map((part) => [Number.parseInt(part, 10), part.split('\n').slice(1).join('\n')]),
  )
  const folder = printed.get(0)?.trim()
  if (folder) rmSync(folder, { recursive: true, force: true })
  expect(status, stdout.slice(-2_000) + stderr.slice(-2_000)).toBe(0)
  const shown = pieces.filter(({ language }) => language === 'text')
  expect(shown.length).toBeGreaterThan(4)
  for (const { text, line } of shown) {
    const before = shell.findLast((one) => one.line < line)!
    expect(
      missingLines(text, printed.get(before.line) ?? ''),
      `${GUIDE}:${line}, printed ${printed.get(before.line)}`,
    ).toEqual([])
  }
})
