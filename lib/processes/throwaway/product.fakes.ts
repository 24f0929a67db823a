/**
 * The real product, started for a test on a free port with its own DATA_DIR, and ended with the test. Pages
 * need a build; the fast path does not.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openData, type OpenData } from '#lib/queries/open-data.ts'
import type { Data } from '#lib/data/data.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { addRandomVersion } from './random-version.fakes.ts'
import { spawnSupervisor, startThrowawayProduct, type Supervisor } from './throwaway-product.ts'

const LOOK_EVERY_MS = 20
/** The classifier that the started product uses. */
export const CLASSIFIER = 'tiny'

export type Answer = {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: {
    id: string
    model_version: string
    predicted_class: string
    detail: string
    code?: string
    saved?: boolean
    unsaved_reason?: string | null
  }
}

export type TestProduct = {
  readonly address: string
  readonly dataDir: string
  readonly output: () => string
  /** Ids of the live processes of this start that run the entry. */
  readonly pidsOf: (entry: 'predict' | 'web' | 'worker') => number[]
  /** Without a key the client is anonymous. */
  readonly predict: (
    seed: number,
    more?: { readonly key?: string; readonly query?: string },
  ) => Promise<Answer>
  readonly storedCount: (ids: readonly string[]) => Promise<number>
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  readonly exit: Promise<number | null>
  readonly end: () => Promise<void>
}

/**
 * `prepare` fills the data before the start; `within` is the parent of its folder. The images of `shapes` are
 * not drawn: these tests are about a classifier of their own.
 */
export async function startProduct({
  settings = {},
  prepare,
  within = tmpdir(),
}: {
  settings?: Record<string, string>
  prepare?: (data: Data) => Promise<unknown>
  within?: string
} = {}): Promise<TestProduct> {
  const dataDir = mkdtempSync(path.join(within, 'darkroom-started-'))
  const data = await dataIn(dataDir)
  const version = await addRandomVersion(data, CLASSIFIER, 1)
  await data.promotions.promote({ versionId: version.id, by: 'a test', reason: null })
  await prepare?.(data)
  await data.close()
  await leaveNothingToDraw(dataDir)
  const product = await startThrowawayProduct(
    { DEFAULT_CLASSIFIER: CLASSIFIER, PREDICT_PROCESSES: '2', ...settings },
    { dataDir, environment: bare() },
  )
  return {
    address: product.url,
    dataDir,
    output: product.output,
    exit: product.exit,
    kill: product.kill,
    end: async () => {
      await product[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
    pidsOf: (entry) => pidsOf(product.pid, entry),
    predict: (seed, more) => predict(product.url, seed, more),
    storedCount: (ids) => countStored(dataDir, ids),
  }
}

/** As on an installation whose images of `shapes` have been removed. */
async function leaveNothingToDraw(dataDir: string): Promise<void> {
  const data = await dataIn(dataDir, path.resolve(import.meta.dirname, '../../../models'))
  await data.syncShipped()
  const { id } = await data.uploads.begin('shapes')
  await data.uploads.change(id, { state: 'done' })
  await data.close()
}

/** The supervisor with these settings and no others. */
export const runSupervisor = (settings: Readonly<Record<string, string>>): Supervisor =>
  spawnSupervisor(settings, { environment: bare() })

function bare(): Readonly<Record<string, string | undefined>> {
  const { PATH, HOME } = process.env
  return { PATH, HOME }
}

export const dataIn = (dataDir: string, modelsDir = path.join(dataDir, 'none-shipped')): Promise<OpenData> =>
  openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir,
    clock: { now: () => Date.now() },
  })

/** Changes in other processes cannot be awaited, so this polls until the condition holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(LOOK_EVERY_MS)
}

async function predict(
  address: string,
  seed: number,
  { key, query = '' }: { readonly key?: string; readonly query?: string } = {},
): Promise<Answer> {
  const headers = { 'content-type': 'image/png', ...(key !== undefined && { 'x-api-key': key }) }
  const response = await fetch(`${address}/api/predict${query}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(encodePng(drawShape('star', seed))),
  })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: (await response.json()) as Answer['body'],
  } // asserted by the tests
}

/** Creates a key that may predict, for `prepare`. */
export async function addKey(data: Data): Promise<string> {
  const key = `dk_${randomBytes(16).toString('hex')}`
  await data.keys.create({
    name: 'a test',
    sha256: createHash('sha256').update(key).digest('hex'),
    beginsWith: key.slice(0, 9),
    scopes: ['predict'],
    createdById: null,
    expiresAt: null,
    classifierId: null,
  })
  return key
}

/** How many of these predictions are in the database file, read independently of the product. */
async function countStored(dataDir: string, ids: readonly string[]): Promise<number> {
  const data = await dataIn(dataDir)
  try {
    const rows = await Promise.all(
      ids.map((id) =>
        data.queries.getPrediction({ id }).then(
          () => 1,
          () => 0,
        ),
      ),
    )
    return rows.reduce<number>((sum, one) => sum + one, 0)
  } finally {
    await data.close()
  }
}

export function pidsOf(rootPid: number, entry: string): number[] {
  const all = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return state === 'Z'
          ? []
          : [{ pid, parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }]
      } catch {
        return []
      }
    })
  const ours = (pid: number): boolean =>
    pid === rootPid || all.some((one) => one.pid === pid && ours(one.parent))
  return all
    .filter(({ pid, command }) => command.includes(`/processes/${entry}.ts`) && ours(pid))
    .map(({ pid }) => pid)
}
