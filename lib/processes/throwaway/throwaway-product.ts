/**
 * The built product, started for a command or a test on a free port with its own data folder, and ended
 * without a trace: the only place that starts one. It does not build, and creates neither accounts nor
 * keys.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { copyData } from './drawn-data.ts'
import { supervisorEnvironment } from '../start/environment.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const READY = /^Darkroom is ready at (http\S+)\s/m
/** Printed right after "ready", but not always in the same chunk, while there is no admin. */
const SETUP_LINK = /\/setup\?token=\S+\s/
const LONGEST_WAIT_FOR_LINK_MS = 5_000
const LONGEST_START_MS = 120_000 // 2 s on an idle machine
const LONGEST_END_MS = 20_000
const OUTPUT_IN_ERROR = 4_000 // characters from the end, in the error of a failed start

export type ThrowawayProduct = AsyncDisposable & {
  readonly url: string
  readonly dataDir: string
  readonly pid: number
  /** Everything it has printed so far, including the setup link. */
  readonly output: () => string
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  /** Its exit code, or null when a signal ended it. */
  readonly exit: Promise<number | null>
}

export type ProductPlace = {
  /** An existing folder, which is kept; without it, one is created and removed. */
  readonly dataDir?: string | undefined
  /** A folder (drawn-data.ts) of which the created one starts as a copy. */
  readonly copyOf?: string | undefined
  /** A program that runs the one named by its arguments, such as one that first joins a control group. */
  readonly through?: readonly [program: string, ...args: string[]] | undefined
  /**
   * What the product inherits; without it, everything except variables that would lead it to existing data.
   */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
}

export type Supervisor = Pick<ThrowawayProduct, 'output' | 'exit'> & { readonly child: ChildProcess }

/**
 * Resolves when the product is ready; throws with its output when it ends before that, or is not ready in
 * time.
 */
export async function startThrowawayProduct(
  settings: Readonly<Record<string, string>> = {},
  place: ProductPlace = {},
): Promise<ThrowawayProduct> {
  const values = place.dataDir ?? settings['DATA_DIR']
  const dataDir = values ?? mkdtempSync(path.join(tmpdir(), 'darkroom-own-'))
  if (values === undefined && place.copyOf !== undefined) copyData(place.copyOf, dataDir)
  const removeData = (): void => {
    if (values === undefined)
      for (const folder of [dataDir, `${dataDir}-backups`]) rmSync(folder, { recursive: true, force: true })
  }
  const supervisor = spawnSupervisor(
    // without a cache, because commands and tests that repeat an image measure its computation
    {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      PREDICTION_CACHE_MB: '0',
      ...settings,
    },
    place,
  )
  const { child, output, exit } = supervisor
  const interrupted = (): void => {
    child.kill('SIGKILL')
    removeData()
  }
  process.once('exit', interrupted)
  const leave = async (): Promise<void> => {
    await end(supervisor)
    process.off('exit', interrupted)
    removeData()
  }
  try {
    const url = await addressOf(supervisor)
    if (existsSync(path.join(dataDir, 'setup-token'))) await untilLinkIsPrinted(supervisor)
    return {
      url,
      dataDir,
      pid: child.pid ?? 0,
      output,
      exit,
      kill: (signal) => void child.kill(signal),
      [Symbol.asyncDispose]: leave,
    }
  } catch (error) {
    await leave()
    throw error
  }
}

/** The supervisor alone, for a start that should fail or has no address; it is not awaited. */
export function spawnSupervisor(
  settings: Readonly<Record<string, string>>,
  { through, environment }: ProductPlace = {},
): Supervisor {
  const [program, ...args] = [
    ...(through ?? []),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    path.join(ROOT, 'lib/processes/supervisor.ts'),
  ]
  const inherited = environment ?? {
    ...process.env,
    DATABASE_URL: undefined,
    BLOB_URL: undefined,
    NEXTAUTH_URL: undefined,
  }
  const child = spawn(program!, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...supervisorEnvironment(), ...inherited, NODE_ENV: 'production', ...settings },
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      printed += text.toString()
    })
  const { promise: exit, resolve } = Promise.withResolvers<number | null>()
  child.once('exit', resolve)
  child.once('error', () => resolve(null))
  return { child, output: () => printed, exit }
}

function addressOf({ child, output, exit }: Supervisor): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const fail = (why: string): void =>
    reject(new Error(`The temporary instance did not start: ${why}.\n${output().slice(-OUTPUT_IN_ERROR)}`))
  const timer = setTimeout(
    () => fail(`it was not ready after ${LONGEST_START_MS / 1000} s`),
    LONGEST_START_MS,
  )
  child.once('error', (error) => fail(error.message))
  void exit.then((code) => fail(`it ended (${child.signalCode ?? `code ${code}`})`))
  child.stdout?.on('data', () => {
    const address = READY.exec(output())?.[1]
    if (address) resolve(address)
  })
  return promise.finally(() => clearTimeout(timer))
}

async function untilLinkIsPrinted({ child, output }: Supervisor): Promise<void> {
  if (SETUP_LINK.test(output())) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, LONGEST_WAIT_FOR_LINK_MS)
  child.stdout?.on('data', () => {
    if (SETUP_LINK.test(output())) resolve()
  })
  await promise
  clearTimeout(timer)
}

async function end({ child, exit }: Supervisor): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS)
  await exit
  clearTimeout(timer)
}
