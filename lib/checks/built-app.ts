/** Starts the built product as a person would have it, on a free port with an empty data folder, and ends it
 *  without a trace. It does not build; `bootstrap.mjs build` does. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ROOT } from './sources.ts'

const READY_MS = 120_000 // a busy machine of two cores; 1–2 s on an idle one
const ASK_AGAIN_MS = 100
const LEAVE_MS = 20_000

export type BuiltApp = AsyncDisposable & {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Everything it has printed so far, among it the token for the first admin. */
  readonly log: () => string
}

/** Answers when the product says that it is ready; throws with its log when it ends before or stays silent. */
export async function startBuiltApp(settings: Readonly<Record<string, string>> = {}): Promise<BuiltApp> {
  const port = await freePort()
  const isOurFolder = settings['DATA_DIR'] === undefined
  const dataDir = settings['DATA_DIR'] ?? mkdtempSync(path.join(tmpdir(), 'darkroom-'))
  const url = `http://127.0.0.1:${port}`
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(ROOT, 'lib/processes/supervisor.ts')],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATA_DIR: dataDir,
        ...settings,
      },
    },
  )
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
  const leave = async (): Promise<void> => {
    await end(child)
    if (isOurFolder)
      for (const folder of [dataDir, `${dataDir}-backups`]) rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(url, child)
  } catch (error) {
    await leave()
    throw new Error(
      'The built product did not become ready: ' +
        `${error instanceof Error ? error.message : String(error)}\n${log.slice(-4_000)}`,
      { cause: error },
    )
  }
  return { url, dataDir, pid: child.pid ?? 0, log: () => log, [Symbol.asyncDispose]: leave }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`)
    const answer = await fetch(`${url}/api/health/ready`).catch(() => undefined)
    if (answer?.ok) return
    await pause(ASK_AGAIN_MS)
  }
  throw new Error(`it was not ready after ${READY_MS / 1000} s`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const isLate = await Promise.race([ended.then(() => false), pause(LEAVE_MS, true, { ref: false })])
  if (isLate) child.kill('SIGKILL')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
