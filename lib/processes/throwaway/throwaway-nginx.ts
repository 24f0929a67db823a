/**
 * nginx in front of the web processes of a test or a measurement, with the product's own deploy/nginx.conf filled in,
 * in a temporary folder and on a free port. Its starter ends it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const TEMPLATE = path.resolve(import.meta.dirname, '../../../deploy/nginx.conf')
/** Debian's package installs it where only root's PATH looks. */
const NGINX = ['nginx', '/usr/sbin/nginx'].find((program) => spawnSync(program, ['-v']).status === 0)

const LONGEST_WAIT_MS = 20_000

export const hasNginx = NGINX !== undefined

export type Nginx = {
  readonly address: string
  /** What docker-compose's `--scale` does: other servers, no restart. */
  readonly serve: (addresses: readonly string[]) => Promise<void>
  readonly end: () => Promise<void>
}

export async function startNginx(addresses: readonly string[], { maxUploadMb = 2048 } = {}): Promise<Nginx> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-nginx-'))
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  let generation = 0
  const write = (servers: readonly string[]): void => {
    generation += 1
    const site = readFileSync(TEMPLATE, 'utf8')
      .replaceAll(
        '${WEB_SERVERS}',
        servers.map((url) => `server ${new URL(url).host} max_fails=1 fail_timeout=2s;`).join(' '),
      )
      .replaceAll('${MAX_UPLOAD_MB}', String(maxUploadMb))
      .replace(
        'listen 80;',
        `listen 127.0.0.1:${port}; location = /generation { return 200 "${generation}"; }`,
      )
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    )
    writeFileSync(
      path.join(folder, 'nginx.conf'),
      [
        ...(process.getuid?.() === 0 ? ['user root;'] : []),
        'daemon off;',
        'worker_processes 1;',
        `pid ${folder}/nginx.pid;`,
        'error_log stderr crit;',
        'events { worker_connections 1024; }',
        'http {',
        'access_log off;',
        ...places,
        site,
        '}',
        '',
      ].join('\n'),
    )
  }
  const answersAs = (expected: number): Promise<boolean> =>
    fetch(`${address}/generation`).then(
      async (answer) => (await answer.text()) === String(expected),
      () => false,
    )

  write(addresses)
  const child = spawn(NGINX ?? 'nginx', ['-p', folder, '-c', path.join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await until(async () => child.exitCode !== null || (await answersAs(1)))
  if (child.exitCode !== null)
    throw new Error(`nginx does not start with ${TEMPLATE} (code ${child.exitCode})`)
  return {
    address,
    async serve(servers) {
      const before = workersOf(child.pid!)
      write(servers)
      child.kill('SIGHUP')
      await until(() => answersAs(generation))
      await until(() => workersOf(child.pid!).every((worker) => !before.includes(worker)))
    },
    async end() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An old worker serves its open connections until it ends. */
const workersOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`nginx did not follow within ${LONGEST_WAIT_MS / 1000} s`)
    await pause(20)
  }
}
