/**
 * docs/api.md, run as printed: its shell lines, its JavaScript and its Python, in order on a separate
 * product, each answer compared with the one in the guide.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { ROOT } from '#lib/checks/sources.ts'
import { missingFields, missingLines, piecesOf } from './guide.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'
import { image } from './people.ts'

const LONGEST_MS = 300_000
const GUIDE = 'docs/api.md'
const pieces = piecesOf(GUIDE)
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0

let product: OwnProduct
let folder: string
let env: NodeJS.ProcessEnv
test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(180_000)
  product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'shapes' })
  folder = mkdtempSync(path.join(tmpdir(), 'darkroom-guide-'))
  writeFileSync(path.join(folder, 'image.png'), image('star', 61))
  writeFileSync(path.join(folder, 'another.png'), image('star', 62))
  writeFileSync(path.join(folder, 'my-leaves.zip'), leaves(1_000, 60))
  writeFileSync(path.join(folder, 'more.zip'), leaves(2_000, 20))
  env = {
    ...process.env,
    DARKROOM: product.url,
    DARKROOM_KEY: await product.key('admin'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const leaves = (seed: number, count: number): Uint8Array =>
  zipFile(
    (['healthy', 'rust'] as const).flatMap((label) =>
      Array.from({ length: count }, (_, i) => ({
        name: `${label}/${i}.png`,
        content: image(label === 'rust' ? 'star' : 'ring', seed + i),
      })),
    ),
  )

const run = (program: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: LONGEST_MS,
  })
  return { status, stdout, printed: stdout + stderr }
}

test('the shell lines run in order and return the fields that the guide shows', () => {
  test.skip(!has('curl', '--version'), 'there is no curl on this machine')
  test.setTimeout(2 * LONGEST_MS)
  // the reader fills in that one
  const shell = pieces.filter(({ language, text }) => language === 'sh' && !text.includes('DARKROOM_KEY='))
  // every answer on a separate line, after a mark with the number of its piece
  const quiet = 'curl() { command curl -sS --max-time 120 "$@"; echo; }\n'
  const script = quiet + shell.map(({ line, text }) => `echo "@@ ${line}"\n${text}`).join('')

  const { status, stdout, printed: output } = run('sh', ['-e', '-c', script])

  expect(status, output).toBe(0)
  const answers = new Map(
    stdout
      .split(/^@@ /m)
      .slice(1)
      .map((part) => [
        Number.parseInt(part, 10),
        part
          .split('\n')
          .slice(1)
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      ]),
  )
  for (const [at, { language, text, line }] of pieces.entries()) {
    const before = pieces[at - 1]
    if (language !== 'json' || !before) continue
    const answer = answers.get(before.line)?.at(-1)
    expect(
      missingFields(JSON.parse(text), answer),
      `${GUIDE}:${line}, answered ${JSON.stringify(answer).slice(0, 600)}`,
    ).toEqual([])
  }
  const refused = [...answers].flatMap(([line, output]) =>
    output.filter(({ code }) => code !== undefined).map(({ code, detail }) => ({ line, code, detail })),
  )
  const meant = shell.at(-1)!.line // the one that the guide expects to be refused
  // whether the second version goes live by itself depends on its evaluation; the guide names the 409
  const isAlreadyLive = ({ detail }: { detail: unknown }) => String(detail).includes('it is already live')
  expect(refused.filter((refusal) => !isAlreadyLive(refusal))).toEqual([
    { line: meant, code: 'not_an_image', detail: expect.stringContaining('image') },
  ])
})

test('the first example of the README returns the printed response', () => {
  test.skip(!has('curl', '--version'), 'there is no curl on this machine')
  const readme = piecesOf('README.md')
  const at = readme.findIndex(({ text }) => text.startsWith('curl'))

  const { stdout } = spawnSync('sh', ['-c', readme[at]!.text.replace('http://127.0.0.1:3000', product.url)], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: LONGEST_MS,
  })

  expect(missingFields(JSON.parse(readme[at + 1]!.text), JSON.parse(stdout))).toEqual([])
  expect(JSON.parse(stdout)).toMatchObject({ predicted_class: 'triangle' })
})

for (const [language, program, file] of [
  ['js', process.execPath, 'ask.mjs'],
  ['python', 'python3', 'ask.py'],
] as const) {
  for (const [at, { text, line, language: of }] of pieces.entries()) {
    if (of !== language) continue
    test(`the ${language} of line ${line} prints what the guide shows`, () => {
      test.skip(!has(program, '--version'), `there is no ${program} on this machine`)
      test.skip(
        language === 'python' && text.includes('requests\n') && !has(program, '-c', 'import requests'),
        'there is no requests in this Python',
      )
      writeFileSync(path.join(folder, file), text)

      const { status, printed: output } = run(program, [file])

      expect(status, output).toBe(0)
      expect(missingLines(pieces[at + 1]!.text, output), output).toEqual([])
    })
  }
}

test('a missing output line and a missing field are detected', () => {
  expect(missingLines('star (99.3 %)\n  ring: 0.1', 'star (7 %)\n  ring: 12')).toEqual([])
  expect(missingLines('star (99.3 %)', 'ring (99.3 %)')).toEqual(['star (99.3 %)'])
  expect(missingFields({ a: { b: 1 }, c: [{ d: '' }] }, { a: { b: 2, more: 1 }, c: [{ d: 'x' }] })).toEqual(
    [],
  )
  expect(missingFields({ a: { b: 1 }, c: [{ d: '' }] }, { a: {}, c: [{ d: 1 }] })).toEqual([
    '.a.b is not there',
    '.c[0].d is a number',
  ])
  expect(pieces.length).toBeGreaterThan(15)
})
