/**
 * An object store for a command or a test: OpenStack Swift, which Debian packages, with its S3 API and one bucket, in a
 * temporary folder and on free ports of 127.0.0.1, ended without a trace. It needs Debian's packages swift-proxy,
 * swift-account, swift-container and swift-object.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const KINDS = ['account', 'container', 'object'] as const
const PROGRAMS = [
  'swift-ring-builder',
  'swift-proxy-server',
  ...KINDS.map((kind) => `swift-${kind}-server`),
] as const
const LONGEST_START_MS = 60_000
const OUTPUT_IN_ERROR = 2_000
const BUCKET = 'darkroom'
const SECRET = 'not-a-secret'

type StoreEnvironment = {
  readonly BLOB_URL: string
  readonly AWS_ENDPOINT_URL: string
  readonly AWS_REGION: string
  readonly AWS_ACCESS_KEY_ID: string
  readonly AWS_SECRET_ACCESS_KEY: string
}

export type ThrowawaySwift = AsyncDisposable & {
  /** BLOB_URL and the variables with the endpoint and the credentials. */
  readonly environment: StoreEnvironment
  /** Makes the server answer nothing more until `goOn`, as on a network that is down. */
  readonly pause: () => void
  readonly goOn: () => void
}

/** Why there can be none on this machine; null: there can. */
export const lacksSwift = (): string | null =>
  PROGRAMS.every((name) => programIn(name) !== null)
    ? null
    : 'OpenStack Swift is not installed here (Debian: apt-get install swift-proxy swift-account swift-container ' +
      'swift-object)'

/** Throws with the servers' output when it does not start. */
export async function startThrowawaySwift(): Promise<ThrowawaySwift> {
  const reason = lacksSwift()
  if (reason !== null) throw new Error(`${reason}.`)
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-swift-'))
  const servers: ChildProcess[] = []
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const interrupted = (): void => {
    for (const server of servers) server.kill('SIGKILL')
    remove()
  }
  process.once('exit', interrupted)
  const leave = async (): Promise<void> => {
    await Promise.all(servers.map(ended))
    process.off('exit', interrupted)
    remove()
  }
  try {
    const ports = await makeRings(folder)
    const port = await freePort()
    writeFileSync(path.join(folder, 'swift.conf'), '[swift-hash]\nswift_hash_path_suffix = darkroom\n')
    writeFileSync(path.join(folder, 'proxy.conf'), proxyConfiguration(folder, port))
    const log = path.join(folder, 'log')
    const start = (kind: string, file: string): void => {
      const output = openSync(log, 'a')
      servers.push(
        spawn(programIn(`swift-${kind}-server`)!, [path.join(folder, file), '-v'], {
          cwd: folder,
          stdio: ['ignore', output, output],
          env: { ...process.env, PYTHONWARNINGS: 'ignore' },
        }),
      )
    }
    for (const kind of KINDS) {
      writeFileSync(path.join(folder, `${kind}.conf`), storageConfiguration(kind, folder, ports[kind]))
      start(kind, `${kind}.conf`)
    }
    start('proxy', 'proxy.conf')
    const environment = {
      BLOB_URL: `s3://${BUCKET}/files`,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test:darkroom',
      AWS_SECRET_ACCESS_KEY: SECRET,
    }
    await untilAnswering(`http://127.0.0.1:${port}/healthcheck`, servers, log)
    await createBucket(environment)
    const signal = (name: NodeJS.Signals) => (): void => servers.forEach((server) => void server.kill(name))
    return {
      environment,
      pause: signal('SIGSTOP'),
      goOn: signal('SIGCONT'),
      [Symbol.asyncDispose]: leave,
    }
  } catch (error) {
    await leave()
    throw error
  }
}

/** Where each kind of server stores what: all of it on one device. Answers their ports. */
async function makeRings(folder: string): Promise<Record<(typeof KINDS)[number], number>> {
  mkdirSync(path.join(folder, 'device', 'd1'), { recursive: true })
  const ports = { account: await freePort(), container: await freePort(), object: await freePort() }
  for (const kind of KINDS) {
    const builder = path.join(folder, `${kind}.builder`)
    for (const args of [
      ['create', '4', '1', '0'],
      ['add', `r1z1-127.0.0.1:${ports[kind]}/d1`, '1'],
      ['rebalance'],
    ]) {
      const { status, stdout, stderr } = spawnSync(programIn('swift-ring-builder')!, [builder, ...args], {
        encoding: 'utf8',
      })
      if (status === null || status > 1) throw new Error(`swift-ring-builder failed: ${stdout}${stderr}`)
    }
  }
  return ports
}

const common = (folder: string, port: number, pipeline: string): string => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
devices = ${path.join(folder, 'device')}
mount_check = false
log_address = ${path.join(folder, 'no-syslog')}
[pipeline:main]
pipeline = ${pipeline}
`

/** tempauth wants a cache, although nothing of it is used here; nothing listens on its port. */
const proxyConfiguration = (folder: string, port: number): string => `${common(
  folder,
  port,
  'catch_errors healthcheck cache s3api tempauth bulk slo dlo proxy-server',
)}
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_darkroom = ${SECRET} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`

const storageConfiguration = (
  kind: (typeof KINDS)[number],
  folder: string,
  port: number,
): string => `${common(folder, port, `${kind}-server`)}
[app:${kind}-server]
use = egg:swift#${kind}
`

async function untilAnswering(url: string, servers: readonly ChildProcess[], log: string): Promise<void> {
  const began = performance.now()
  while (
    !(await fetch(url)
      .then(({ ok }) => ok)
      .catch(() => false))
  ) {
    const isOver = performance.now() - began > LONGEST_START_MS
    if (isOver || servers.some(({ exitCode }) => exitCode !== null))
      throw new Error(`Swift did not start:\n${readFileSync(log, 'utf8').slice(-OUTPUT_IN_ERROR)}`)
    await pause(50)
  }
}

/** The storage servers may answer a little later than the one in front of them. */
async function createBucket(environment: StoreEnvironment): Promise<void> {
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    forcePathStyle: true,
    maxAttempts: 10,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  })
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }))
  client.destroy()
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  server.once('exit', () => resolve())
  server.kill('SIGCONT')
  server.kill('SIGKILL')
  await promise
}

/** Its path; null: it is not installed. */
const programIn = (name: string): string | null =>
  (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => existsSync(file)) ?? null
