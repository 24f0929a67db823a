/** A product of a command's own: the built one, on a free port of this machine, with an empty data folder,
 *  ended without a trace. It does not build, and it is nobody else's: what it keeps is thrown away. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '#lib/processes/settings.ts'

const READY = /^Darkroom is ready at (http\S+)/
const LONGEST_START_MS = 120_000 // 2 s on an idle machine
const LONGEST_END_MS = 20_000

export type ThrowawayProduct = AsyncDisposable & {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** What it has printed so far. */
  readonly output: () => string
}

export type OwnProductPlace = {
  /** A folder that is there already and stays; else one is made and removed. */
  readonly dataDir?: string | undefined
  /** A program that runs the one named by its arguments, such as one that first joins a control group. */
  readonly through?: readonly [program: string, ...args: string[]] | undefined
}

/** Answers when the product says that it is ready; throws with what it printed when it ends before, or says
 *  nothing for long. */
export async function startOwnProduct(
  settings: Readonly<Record<string, string>> = {},
  place: OwnProductPlace = {},
): Promise<ThrowawayProduct> {
  const dataDir = place.dataDir ?? mkdtempSync(path.join(tmpdir(), 'darkroom-own-'))
  const [program, ...args] = [
    ...(place.through ?? []),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    path.join(ROOT, 'lib/processes/supervisor.ts'),
  ]
  const child = spawn(program!, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: undefined,
      NEXTAUTH_URL: undefined,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      ...settings,
    },
  })
  const interrupted = (): void => {
    child.kill('SIGKILL')
    if (place.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  process.once('exit', interrupted)
  const leave = async (): Promise<void> => {
    await end(child)
    process.off('exit', interrupted)
    if (place.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  const said: string[] = []
  try {
    return {
      url: await addressOf(child, said),
      dataDir,
      pid: child.pid ?? 0,
      output: () => said.join('\n'),
      [Symbol.asyncDispose]: leave,
    }
  } catch (error) {
    await leave()
    throw error
  }
}

function addressOf(child: ChildProcess, said: string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const fail = (why: string): void =>
    reject(new Error([`The separate instance did not start: ${why}.`, ...said.slice(-20)].join('\n')))
  const timer = setTimeout(
    () => fail(`it was not ready after ${LONGEST_START_MS / 1000} s`),
    LONGEST_START_MS,
  )
  child.once('error', (error) => fail(error.message))
  child.once('exit', (code, signal) => fail(`it ended (${signal ?? `code ${code}`})`))
  for (const stream of [child.stdout, child.stderr]) {
    if (stream)
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line)
        const address = READY.exec(line)?.[1]
        if (address) resolve(address)
      })
  }
  return promise.finally(() => clearTimeout(timer))
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS)
  await ended
  clearTimeout(timer)
}
