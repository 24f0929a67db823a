import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'

const COMMAND = fileURLToPath(new URL('train.ts', import.meta.url))

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-train-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The command as a user starts it; `stopAt`: sends Ctrl-C when a line matches. */
function command(
  args: readonly string[],
  dataDir: string,
  stopAt?: RegExp,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', COMMAND, ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  let isStopped = false
  const hear = (chunk: Buffer): void => {
    output += chunk.toString()
    if (!stopAt?.test(output) || isStopped) return
    isStopped = true
    child.kill('SIGINT')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve({ code, output }))
  })
}

/** A folder of class folders with a test part, as users have them. */
function images(): string {
  const folder = place()
  for (const [part, first, count] of [
    ['train', 1, 24],
    ['test', 900, 8],
  ] as const) {
    for (const label of ['ring', 'star'] as const) {
      mkdirSync(join(folder, part, label), { recursive: true })
      for (let i = 0; i < count; i++)
        writeFileSync(join(folder, part, label, `${i}.png`), encodePng(drawShape(label, first + i)))
    }
  }
  return folder
}

test('--help lists the options', async () => {
  const { code, output } = await command(['--help'], place())

  expect(code).toBe(0)
  expect(output).toContain('npm run train -- <classifier>')
})

test.each([
  [
    ['ring-star', '--from', '.', '--recipe', 'magic'],
    /There is no recipe "magic": the recipes are scratch-small/,
  ],
  [['ring-star', '--from', '.', '--recipe', 'finetune'], /finetune needs a version to start from/],
  [
    ['ring-star', '--from', '.', '--recipe', 'distil'],
    /distil needs a teacher: it trains on the predictions of another version/,
  ],
  [
    ['ring-star', '--from', '.', '--recipe', 'head', '--teacher', 'shapes'],
    /The recipe head cannot use a teacher: it fits the last layer to the labels/,
  ],
  [['shapes', '--base', 'unknown'], /There is no base "unknown": .* has no version/],
  [
    ['shapes', '--base', 'shapes', '--recipe', 'scratch-small'],
    /scratch-small does not continue from a version: it starts from a network of its own/,
  ],
  [
    ['shapes', '--recipe', 'transfer', '--body', 'unknown'],
    /There is no pretrained network "unknown": the networks are .*cats-dogs/,
  ],
  [['shapes', '--epochs', '0'], /--epochs 0 is not valid: it must be a whole number from 1 to 500/],
  [['shapes', '--resume'], /There is no run of shapes to resume/],
])('%s is refused with one sentence', async (args, words) => {
  const { code, output } = await command(args, place())

  expect(code).toBe(1)
  expect(output).toMatch(words)
  expect(output.trim().split('\n')).toHaveLength(1)
})

test('a folder becomes a bundle; Ctrl-C leaves a checkpoint, --resume continues, --base starts from it', async () => {
  const dataDir = place()
  const out = join(place(), 'v1')
  const from = images()
  const args = ['ring-star', '--from', from, '--recipe', 'scratch-small', '--epochs', '3', '--out', out]

  // the first step is shown as soon as it has finished
  const stopped = await command(args, dataDir, /epoch 1\/3 {2}step 1\//)
  expect(stopped).toMatchObject({
    code: 130,
    output: expect.stringContaining('Stopped. To continue: npm run train -- ring-star --resume'),
  })

  const { code, output } = await command(['ring-star', '--resume'], dataDir)
  expect(code).toBe(0)
  expect(output).toMatch(/Resuming at epoch [12], from the checkpoint/)
  expect(output).toMatch(/ring-star v1: [\d.]+ % accuracy on 16 test images/)
  const { card, classes } = await readBundle(out)
  expect(classes).toEqual(['ring', 'star'])
  expect(card).toMatchObject({
    curves: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }],
    data: { test: 16, test_opened: 1 },
    recipe: { name: 'scratch-small' },
  })
  expect(card.command).toMatch(/^npm run train -- ring-star --from \S+ --recipe scratch-small --epochs 3$/)

  const next = join(place(), 'v2')
  expect(
    await command(['ring-star', '--from', from, '--base', out, '--epochs', '1', '--out', next], dataDir),
  ).toMatchObject({ code: 0 })
  const { card: second, network } = await readBundle(next)
  expect(second).toMatchObject({
    version: 'v2',
    parent: 'v1',
    recipe: { name: 'restart' },
    curves: [{ epoch: 1 }],
  })
  expect(network.name).toContain('small')
  expect(second.command).toMatch(/--base \S+\/v1 --epochs 1$/)
  expect(second.notes).toContain(`It continued from a version created by: ${card.command}`)
}, 120_000)

test('--plan prints duration and memory, and leaves no files behind', async () => {
  const dataDir = place()
  const args = ['ring-star', '--from', images(), '--recipe', 'scratch-small', '--epochs', '2']

  const { code, output } = await command([...args, '--plan'], dataDir)

  expect({ code, output }).toMatchObject({
    code: 0,
    output: expect.stringMatching(
      new RegExp(
        String.raw`^ring-star with scratch-small, up to 2 epochs of \d+ images \(validation set \d+, ` +
          String.raw`test set 16\): (about|up to) .+, [\d,]+ MB, on \S+\.\n$`,
        'm', // TensorFlow prints lines of its own before
      ),
    ),
  })
  expect(readdirSync(join(dataDir, 'runs'))).toEqual([])
}, 120_000)
