import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createStartFolder } from './start-folder.ts'

const MODULE = path.join(import.meta.dirname, 'start-folder.ts')

function parentFolder(): string {
  const parent = mkdtempSync(path.join(tmpdir(), 'darkroom-parent-'))
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }))
  return parent
}

/** A process that creates its folder there and holds it until it is killed. */
async function startElsewhere(parent: string) {
  const program =
    `const { createStartFolder } = await import(${JSON.stringify(MODULE)});` +
    `globalThis.folder = createStartFolder(${JSON.stringify(parent)});` +
    `process.stdout.write(folder.path); setInterval(() => {}, 1e6)`
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const [folder] = await once(child.stdout, 'data')
  return {
    folder: String(folder),
    async kill() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('a start removes the folders of starts that were killed, and of no other', async () => {
  const parent = parentFolder()
  const running = await startElsewhere(parent)
  const killed = await startElsewhere(parent)
  writeFileSync(path.join(killed.folder, 'front-1.work'), 'decode')
  await killed.kill()

  const own = createStartFolder(parent)

  expect(readdirSync(parent).toSorted()).toEqual(
    [running.folder, own.path].map((at) => path.basename(at)).toSorted(),
  )
  own.remove()
  expect(readdirSync(parent)).toEqual([path.basename(running.folder)])
})

test('a start removes nothing that is not certainly the folder of an ended start', () => {
  const parent = parentFolder()
  const make = (name: string, mode = 0o700, hasLock = true): string => {
    const folder = path.join(parent, name)
    mkdirSync(folder, { recursive: true })
    if (hasLock) writeFileSync(path.join(folder, 'supervisor.lock'), '', { mode: 0o600 })
    chmodSync(folder, mode)
    return folder
  }
  const others = [
    make('darkroom-start-open00', 0o755),
    make('darkroom-start-tooLong0'),
    make('darkroom-data-AAAAAA'),
    make('elsewhere'),
    make('darkroom-start-young0', 0o700, false),
  ]
  symlinkSync(path.join(parent, 'elsewhere'), path.join(parent, 'darkroom-start-linked'))
  const lockIsLink = make('darkroom-start-locked', 0o700, false)
  symlinkSync(path.join(parent, 'elsewhere', 'supervisor.lock'), path.join(lockIsLink, 'supervisor.lock'))
  const old = make('darkroom-start-oldOne', 0o700, false)
  utimesSync(old, 0, 0)

  createStartFolder(parent).remove()

  for (const folder of others) expect(existsSync(folder), folder).toBe(true)
  expect(existsSync(path.join(parent, 'darkroom-start-linked'))).toBe(true)
  expect(existsSync(lockIsLink)).toBe(true)
  expect(existsSync(path.join(parent, 'elsewhere', 'supervisor.lock'))).toBe(true)
  expect(existsSync(old)).toBe(false)
})
