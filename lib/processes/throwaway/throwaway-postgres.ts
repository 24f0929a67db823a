/**
 * A PostgreSQL server for a command or a test: a cluster of its own in a temporary folder, on 127.0.0.1 and a free
 * port, ended without a trace. It needs Debian's package `postgresql`, or initdb and postgres in PATH.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const DEBIAN = '/usr/lib/postgresql'
const USER = 'darkroom'
const LONGEST_START_MS = 60_000
const OUTPUT_IN_ERROR = 2_000

export type ThrowawayPostgres = AsyncDisposable & {
  /** An empty database with byte order, as DATABASE_URL. */
  readonly createDatabase: (name: string) => string
}

/** Why there can be none on this machine; null: there can. */
export const lacksPostgres = (): string | null =>
  programsFolder() === null ? 'PostgreSQL is not installed here (Debian: apt-get install postgresql)' : null

/** Throws with the server's output when it does not start. */
export async function startThrowawayPostgres(): Promise<ThrowawayPostgres> {
  const programs = programsFolder()
  if (programs === null) throw new Error(`${lacksPostgres()}.`)
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-postgres-'))
  const asUser = unprivileged(folder)
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const run = (program: string, args: readonly string[]): void => {
    const { status, stdout, stderr, error } = spawnSync(path.join(programs, program), args, {
      ...asUser,
      cwd: folder,
      encoding: 'utf8',
    })
    if (status !== 0)
      throw new Error(`${program} failed: ${error?.message ?? (stdout + stderr).slice(-OUTPUT_IN_ERROR)}`)
  }
  const data = path.join(folder, 'data')
  let server: ChildProcess | null = null
  const interrupted = (): void => {
    server?.kill('SIGQUIT')
    remove()
  }
  process.once('exit', interrupted)
  const leave = async (): Promise<void> => {
    if (server !== null) await ended(server)
    process.off('exit', interrupted)
    remove()
  }
  try {
    run('initdb', ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'])
    const port = await freePort()
    const options = ['-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-k', folder]
    server = spawn(path.join(programs, 'postgres'), ['-D', data, ...options], { ...asUser, cwd: folder })
    const output = outputOf(server)
    const began = performance.now()
    while (!output().includes('ready to accept connections')) {
      if (server.exitCode !== null || performance.now() - began > LONGEST_START_MS)
        throw new Error(`PostgreSQL did not start:\n${output().slice(-OUTPUT_IN_ERROR)}`)
      await pause(20)
    }
    return {
      createDatabase(name) {
        run('createdb', ['-h', '127.0.0.1', '-p', `${port}`, '-U', USER, '-T', 'template0', name])
        return `postgresql://${USER}@127.0.0.1:${port}/${name}`
      },
      [Symbol.asyncDispose]: leave,
    }
  } catch (error) {
    await leave()
    throw error
  }
}

/** Ends connections at once; the cluster is not used again. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const { promise, resolve } = Promise.withResolvers<void>()
  server.once('exit', () => resolve())
  server.kill('SIGQUIT')
  await promise
}

function outputOf(server: ChildProcess): () => string {
  let output = ''
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-2 * OUTPUT_IN_ERROR)
    })
  return () => output
}

function programsFolder(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => path.join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(path.delimiter),
  ]
  return (
    folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(path.join(folder, name)))) ??
    null
  )
}

/** PostgreSQL refuses to run as root: then it runs as the owner of Debian's package, who gets the folder. */
function unprivileged(folder: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((option) => {
    const { status, stdout } = spawnSync('id', [option, 'postgres'], { encoding: 'utf8' })
    if (status !== 0) throw new Error('PostgreSQL refuses to run as root, and there is no user "postgres".')
    return Number(stdout)
  })
  chownSync(folder, uid!, gid!)
  return { uid: uid!, gid: gid! }
}
