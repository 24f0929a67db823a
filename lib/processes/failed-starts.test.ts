import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runSupervisor } from './throwaway/product.fakes.ts'

test('invalid settings are named, one sentence each, and nothing is started', async () => {
  const { exit, output } = runSupervisor({
    PORT: '70000',
    DOOR: 'ajar',
    DATA_DIR: path.join(tmpdir(), 'darkroom-never-made'),
  })

  expect(await exit).toBe(1)
  expect(output()).toMatch(/PORT=70000: .+\.\n/)
  expect(output()).toMatch(/DOOR=ajar: .+\.\n/)
  expect(existsSync(path.join(tmpdir(), 'darkroom-never-made'))).toBe(false)
})

test('a folder that cannot be written to is named', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'darkroom-file-')), 'a-file')
  writeFileSync(file, '')

  const { exit, output } = runSupervisor({ DATA_DIR: file })

  expect(await exit).toBe(1)
  expect(output()).toContain(`Darkroom cannot use DATA_DIR=${file}: a part of its path is a file.`)
})

test('an invalid database is named, and everything ends', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-none-'))
  writeFileSync(
    path.join(dataDir, 'darkroom.db'),
    'this is no database, and long enough to be looked at as one'.repeat(20),
  )

  const { exit, output } = runSupervisor({ PORT: '0', DATA_DIR: dataDir })

  expect(await exit).toBe(1)
  expect(output()).toMatch(/Darkroom cannot start: .*file is not a database/)
})

test('a port in use is named in one sentence, and everything ends', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo // listening on a port

  const { exit, output } = runSupervisor({
    PORT: String(port),
    DATA_DIR: mkdtempSync(path.join(tmpdir(), 'darkroom-port-')),
  })

  expect(await exit).toBe(1)
  expect(output()).toBe(
    `Darkroom cannot listen on 127.0.0.1:${port}: another program uses it. Set PORT or HOST to another value.\n`,
  )
})
