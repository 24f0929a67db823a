/** What the Dockerfile puts into the image, started as the image starts it: the files of the repository that
 *  .dockerignore leaves, the built pages, and no package that only developing needs. Docker itself is not
 *  needed for that; what it adds, lib/checks/deploy.test.ts reads. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { ROOT } from '#lib/checks/sources.ts'
import { lockFile } from '#lib/contracts/developer-files.ts'
import { image } from './people.ts'

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

const place = mkdtempSync(path.join(tmpdir(), 'darkroom-image-'))
const app = path.join(place, 'app')
let container: ChildProcess

test.afterAll(async () => {
  if (container?.exitCode === null) {
    container.kill('SIGTERM')
    await once(container, 'exit')
  }
  rmSync(place, { recursive: true, force: true })
})

/** COPY . . without what .dockerignore names, the build, and npm prune --omit=dev. */
function fillImage(): void {
  const ignored = read('.dockerignore').split('\n')
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && !ignored.some((name) => file === name || file.startsWith(`${name}/`)))
  for (const file of files) cpSync(path.join(ROOT, file), path.join(app, file))
  for (const made of ['.next', 'lib/data/generated'])
    cpSync(path.join(ROOT, made), path.join(app, made), {
      recursive: true,
      filter: (from) => !from.endsWith(path.join('.next', 'cache')),
    })
  const { packages } = lockFile.parse(JSON.parse(read('package-lock.json')))
  for (const [name, { dev, devOptional }] of Object.entries(packages)) {
    const isNested = name.lastIndexOf('node_modules/') > 0
    if (name === '' || isNested || dev === true || devOptional === true) continue
    const to = path.join(app, name)
    mkdirSync(path.dirname(to), { recursive: true })
    symlinkSync(path.join(ROOT, name), to)
  }
}

test('the files of the image start as process 1 does there, become healthy and predict', async () => {
  test.setTimeout(120_000)
  const dockerfile = read('Dockerfile')
  const [, ...args] = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[]
  fillImage()

  container = spawn(process.execPath, args, {
    cwd: app,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: place + '/data',
    },
  })
  let output = ''
  for (const stream of [container.stdout, container.stderr])
    stream?.on('data', (text) => (output += String(text)))
  const addressOf = () => /^Darkroom is ready at (http\S+)\s/m.exec(output)?.[1]
  await expect.poll(addressOf, { timeout: 60_000, message: output }).toBeDefined()

  const url = addressOf()!
  const readiness = async () => (await fetch(`${url}/api/health/ready`)).status
  await expect.poll(readiness, { timeout: 60_000 }).toBe(200) // pages are ready after predictions
  expect((await fetch(`${url}/login`)).status).toBe(200)
  const predicted = await fetch(`${url}/api/predict?classifier=shapes`, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(image('ring', 1)),
  })
  expect(await predicted.json()).toMatchObject({ predicted_class: 'ring' })
})
