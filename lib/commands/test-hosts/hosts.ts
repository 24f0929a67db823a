/**
 * Web and worker instances of one installation, each with a port and, where the database is shared by its address, a
 * folder of its own: what several machines would run. It judges nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '#lib/processes/throwaway/free-port.ts'
import { spawnSupervisor, type Supervisor } from '#lib/processes/throwaway/throwaway-product.ts'
import { wait } from '../test-faults/fault-scenario.ts'
import { clientOf, type ProductClient } from '../test-faults/product.ts'
import { familyOf, killNow, pidsOf } from '../test-faults/process-tree.ts'

const LONGEST_START_MS = 120_000
const LONGEST_END_MS = 30_000
const OUTPUT_IN_ERROR = 4_000
const READY: Readonly<Record<TestRole, RegExp>> = { web: /is ready at http/, worker: /worker is ready/ }

export type TestRole = 'web' | 'worker'

export type TestHost = {
  readonly name: string
  readonly role: TestRole
  readonly url: string
  readonly dataDir: string
  readonly pid: () => number
  readonly pidsOf: (name: string) => readonly number[]
  /** Every process at once, as when a machine loses its power; answers how many. */
  readonly kill: () => number
  /** Resolves when it is ready again. */
  readonly start: () => Promise<void>
  readonly end: () => Promise<void>
}

export type TestHostSettings = {
  readonly role: TestRole
  readonly number: number
  /** DATABASE_URL and the like. */
  readonly settings: Readonly<Record<string, string>>
  /** The folder that all share; absent: a folder of its own, which is removed at the end. */
  readonly sharedDir?: string
}

/** Starts it. */
export async function startHost({ role, number, settings, sharedDir }: TestHostSettings): Promise<TestHost> {
  const port = await freePort()
  const own = mkdtempSync(path.join(tmpdir(), `darkroom-${role}-`))
  const dataDir = sharedDir ?? path.join(own, 'data')
  let supervisor: Supervisor | null = null
  const remove = (): void => rmSync(own, { recursive: true, force: true })
  const interrupted = (): void => {
    kill()
    remove()
  }
  process.once('exit', interrupted)

  const pid = (): number => supervisor?.child.pid ?? 0
  function kill(): number {
    const killed = familyOf(pid()).map((member) => killNow(member.pid))
    return killed.reduce<number>((sum, one) => sum + one, 0)
  }

  async function start(): Promise<void> {
    const started = spawnSupervisor({
      HOST: '127.0.0.1',
      PORT: `${port}`,
      DATA_DIR: dataDir,
      ROLE: role,
      LOG_LEVEL: 'warn',
      PREDICTION_CACHE_MB: '0',
      RATE_LIMIT_ENABLED: 'false',
      DEFAULT_CLASSIFIER: 'shapes',
      ...settings,
    })
    supervisor = started
    const began = performance.now()
    while (!READY[role].test(started.output())) {
      if (started.child.exitCode !== null || performance.now() - began > LONGEST_START_MS)
        throw new Error(`${role} ${number} did not start:\n${started.output().slice(-OUTPUT_IN_ERROR)}`)
      await wait(50)
    }
  }

  await start()
  return {
    name: `${role} ${number}`,
    role,
    url: `http://127.0.0.1:${port}`,
    dataDir,
    pid,
    pidsOf: (name) => pidsOf(pid(), name),
    kill,
    start,
    async end() {
      supervisor?.child.kill('SIGTERM')
      const late = setTimeout(kill, LONGEST_END_MS)
      await supervisor?.exit
      clearTimeout(late)
      process.off('exit', interrupted)
      remove()
    },
  }
}

/** A client that knows all hosts, and sends the next attempt for the same image to the next one. */
export function clientOfAll(
  hosts: readonly TestHost[],
  key: string,
): Pick<ProductClient, 'predict' | 'request'> & { readonly at: (host: TestHost) => ProductClient } {
  const clients = new Map(hosts.map((host) => [host, clientOf(host.url, key)]))
  const inTurn = [...clients.values()]
  const lastOf = new WeakMap<Uint8Array, number>()
  let turn = 0
  return {
    predict(image, more) {
      const number = (lastOf.get(image) ?? turn++) + 1
      lastOf.set(image, number)
      return inTurn[number % inTurn.length]!.predict(image, more)
    },
    /** The request goes to a second host where the first one does not answer. */
    async request(route, more) {
      const first = turn++
      const answer = await inTurn[first % inTurn.length]!.request(route, more)
      return answer.status === 0 || answer.status === 503
        ? inTurn[(first + 1) % inTurn.length]!.request(route, more)
        : answer
    },
    at: (host) => clients.get(host)!,
  }
}
