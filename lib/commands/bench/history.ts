/**
 * `npm run bench -- history`: how long the lists of the page History and the exported file take with a million stored
 * predictions, on SQLite and on PostgreSQL, through the queries that the page uses.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom } from '#lib/ml/random.ts'
import type { Data } from '#lib/data/data.ts'
import { openStore } from '#lib/data/open.ts'
import type { Store } from '#lib/data/store.ts'
import { queriesOf, type Queries } from '#lib/queries/queries.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { lacksPostgres, startThrowawayPostgres } from '#lib/processes/throwaway/throwaway-postgres.ts'
import { machineName } from '../terminal/machine-name.ts'
import { createLines } from '../terminal/progress-line.ts'
import { historyTable, type HistoryRow } from './history-table.ts'

const PREDICTIONS = 1_000_000
const AT_ONCE = 500
const DAYS = 90
const DAY_MS = 86_400_000
/** Of a thousand predictions, so many have feedback. */
const WITH_FEEDBACK = 10
const PAGE = 50
const ROUNDS = 7
/** Rows of the exported file that are timed. */
const EXPORTED = 50_000
const CLASSIFIER = 'shapes'

const HELP = `npm run bench -- history [options]

Stores predictions as a server does, on SQLite and on PostgreSQL (Debian: apt-get install postgresql), and
measures the first page of the history with each filter, a page in the middle, and the exported file:
the median of ${ROUNDS} times, in milliseconds. A million take about five minutes.

  --predictions N    how many (default: ${PREDICTIONS})
  --database NAME    sqlite or postgresql alone
  --help             show this help`

export async function benchHistory(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      predictions: { type: 'string', default: `${PREDICTIONS}` },
      database: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const count = Number(values.predictions)
  if (!Number.isInteger(count) || count < 1_000) {
    console.error('--predictions takes a whole number from 1,000 on.')
    return 1
  }
  const lacking = values.database === 'sqlite' ? null : lacksPostgres()
  if (lacking !== null) console.error(`NOT MEASURED on PostgreSQL: ${lacking}.`)
  const rows: HistoryRow[] = []
  if (values.database !== 'postgresql') rows.push(...(await measured('SQLite', count)))
  if (values.database !== 'sqlite' && lacking === null) {
    await using server = await startThrowawayPostgres()
    rows.push(...(await measured('PostgreSQL', count, server.createDatabase('history'))))
  }
  console.log(
    `${machineName()}; ${count.toLocaleString('en')} predictions of one classifier over ${DAYS} days\n\n` +
      historyTable(rows),
  )
  return 0
}

type HistoryData = Data & { readonly queries: Queries }

async function measured(
  database: string,
  count: number,
  databaseUrl?: string,
): Promise<readonly HistoryRow[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-history-'))
  const { store, ...stored } = await openStore({
    databaseFile: path.join(folder, 'darkroom.db'),
    ...(databaseUrl !== undefined && { databaseUrl }),
    dataDir: folder,
    modelsDir: path.join(ROOT, 'models'),
    clock: { now: () => Date.now() },
  })
  const data: HistoryData = { ...stored, queries: queriesOf(store, stored) }
  try {
    await data.syncShipped()
    const middle = await fill(data, count)
    if (databaseUrl !== undefined) await store.prisma.$executeRawUnsafe('ANALYZE') // autovacuum does it within a minute
    for (const line of await plansOf(store, databaseUrl === undefined ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN'))
      console.log(`${database}: ${line}`)
    return await timed(database, data, middle)
  } finally {
    await data.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const ROWS = `FROM "Prediction" WHERE "classifierId" = '${CLASSIFIER}'`
const LATEST = `ORDER BY "id" DESC LIMIT ${PAGE + 1}`
/** What Prisma sends for the first page, without its list of columns. */
const PLANNED: readonly (readonly [what: string, sql: string])[] = [
  ['first page', `SELECT "id", "confidence" ${ROWS} ${LATEST}`],
  ['one class', `SELECT "id", "confidence" ${ROWS} AND "predictedClass" = 'star' ${LATEST}`],
  ['number of uncertain ones', `SELECT COUNT(*) ${ROWS} AND "decision" = 'uncertain'`],
]

async function plansOf({ prisma }: Store, explain: string): Promise<readonly string[]> {
  const lines: string[] = []
  for (const [what, sql] of PLANNED) {
    const rows = await prisma.$queryRawUnsafe<readonly object[]>(`${explain} ${sql}`)
    const steps = rows.map((row) =>
      Object.values(row)
        .filter((value) => typeof value === 'string')
        .join(' ')
        .trim(),
    )
    lines.push(`${what}: ${steps.join(' / ')}`)
  }
  return lines
}

/** @returns the id of the prediction in the middle. */
async function fill(data: HistoryData, count: number): Promise<string> {
  const lines = createLines(process.stderr)
  const { classes } = await data.classifiers.get(CLASSIFIER)
  const version = (await data.versions.list(CLASSIFIER))[0]!
  const random = createRandom(1)
  const began = Date.now() - DAYS * DAY_MS
  let middle = ''
  for (let from = 0; from < count; from += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, count - from) }, () => data.id())
    if (middle === '' && from >= count / 2) middle = ids[0]!
    await Promise.all(
      ids.map((id, i) => {
        const index = Math.floor(random() * classes.length)
        const confidence = 1 - random() ** 3 / 2
        return data.predictions.record({
          id,
          classifierId: CLASSIFIER,
          versionId: version.id,
          version: version.name,
          engine: 'onnx',
          predictedClass: classes[index]!,
          predictedIndex: index,
          confidence,
          probabilities: Object.fromEntries(
            classes.map((name, other) => [
              name,
              other === index ? confidence : (1 - confidence) / (classes.length - 1),
            ]),
          ),
          decision: decisionOf(random()),
          candidates: [classes[index]!],
          familiarity: random(),
          filename: `image-${from + i}.png`,
          width: 64,
          height: 64,
          image: null,
          decodeMs: 1,
          queueMs: 0,
          inferenceMs: 2,
          totalMs: 4,
          createdAt: new Date(began + ((from + i) / count) * DAYS * DAY_MS),
          isAnonymous: false,
        })
      }),
    )
    const judged = ids.filter((_, i) => (from + i) % 1_000 < WITH_FEEDBACK)
    if (judged.length > 0)
      await data.feedback.save(
        judged.map((predictionId, i) => ({
          predictionId,
          meaning: { isCorrect: i % 2 === 0, label: classes[0]!, isSample: false },
        })),
      )
    lines.passing(`${from.toLocaleString('en')} of ${count.toLocaleString('en')} predictions`)
  }
  return middle
}

/** Nine of ten are confident. */
function decisionOf(draw: number): 'confident' | 'uncertain' | 'unfamiliar' {
  if (draw < 0.9) return 'confident'
  return draw < 0.98 ? 'uncertain' : 'unfamiliar'
}

async function timed(database: string, data: HistoryData, middle: string): Promise<readonly HistoryRow[]> {
  const { queries } = data
  const page = { classifier: CLASSIFIER, limit: PAGE }
  const since = new Date(Date.now() - DAY_MS).toISOString()
  const lists: readonly (readonly [string, Parameters<typeof queries.listPredictions>[0]])[] = [
    ['first page', page],
    ['first page of all classifiers', { limit: PAGE }],
    ['a page in the middle', { ...page, cursor: middle }],
    ['first page, one class', { ...page, class: 'star' }],
    ['first page, uncertain', { ...page, decision: 'uncertain' }],
    ['first page, unfamiliar', { ...page, decision: 'unfamiliar' }],
    ['first page, marked incorrect', { ...page, feedback: 'wrong' }],
    ['first page, without feedback', { ...page, feedback: 'none' }],
    ['first page, confidence below 60 %', { ...page, max_confidence: 0.6 }],
    ['first page, the last day', { ...page, since }],
    ['first page, least certain first', { ...page, sort: 'least_certain' }],
  ]
  const rows: HistoryRow[] = []
  for (const [what, input] of lists)
    rows.push({ database, what, ms: await median(() => queries.listPredictions(input)) })
  const began = performance.now()
  const exported = await exportedRows(data, EXPORTED)
  rows.push({
    database,
    what: `export, ${exported.toLocaleString('en')} rows`,
    ms: performance.now() - began,
  })
  return rows
}

async function median(work: () => Promise<unknown>): Promise<number> {
  await work()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
}

/** Reads the exported file until it has so many rows. */
async function exportedRows({ queries }: HistoryData, most: number): Promise<number> {
  const { bytes } = await queries.exportPredictions({ classifier: CLASSIFIER, format: 'jsonl' })
  let rows = 0
  for await (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
    rows += Buffer.from(piece).toString('latin1').split('\n').length - 1
    if (rows >= most) break
  }
  return rows
}
