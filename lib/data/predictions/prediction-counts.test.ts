import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { MIGRATIONS } from '../database/migrate.ts'
import {
  editsOf,
  NOON,
  openWithFruit,
  storedImage,
  predictionOf,
  sampleOf,
  type DataFixture,
  testOnSqlite,
} from '../opened.fakes.ts'

const DAY_MS = 86_400_000
const CLASSES = ['apple', 'lime', 'plum']

/** The same sequence at each run: Mulberry32. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

const SCANS: Readonly<Record<string, string>> = {
  ClassCount:
    'SELECT "classifierId", "predictedClass", COUNT(*) AS "count", ROUND(SUM("confidence"), 6) AS ' +
    '"sum" FROM "Prediction" GROUP BY 1, 2 ORDER BY 1, 2',
  DayCount:
    'SELECT "classifierId", "createdAt" / 86400000 AS "day", MIN(CAST("confidence" * 20 AS INTEGER), ' +
    '19) AS "bin", COUNT(*) AS "count", ROUND(SUM("confidence"), 6) AS "sum" FROM "Prediction" GROUP ' +
    'BY 1, 2, 3 ORDER BY 1, 2, 3',
  FeedbackCount:
    'SELECT p."classifierId", f."isCorrect", COUNT(*) AS "count" FROM "Feedback" f JOIN "Prediction" p ' +
    'ON p."id" = f."predictionId" GROUP BY 1, 2 ORDER BY 1, 2',
  SampleCount:
    `SELECT "classifierId", COALESCE("label", '') AS "label", COALESCE("split", '') AS "split", ` +
    '"source", "excludedAt" IS NOT NULL AS "isExcluded", COUNT(*) AS "count" FROM "Sample" WHERE ' +
    '"trashedAt" IS NULL GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5',
}
const COUNTS: Readonly<Record<string, string>> = {
  ClassCount:
    'SELECT "classifierId", "predictedClass", "count", ROUND("confidenceSum", 6) AS "sum" FROM ' +
    '"ClassCount" WHERE "count" <> 0 ORDER BY 1, 2',
  DayCount:
    'SELECT "classifierId", "day", "bin", "count", ROUND("confidenceSum", 6) AS "sum" FROM "DayCount" ' +
    'WHERE "count" <> 0 ORDER BY 1, 2, 3',
  FeedbackCount: 'SELECT * FROM "FeedbackCount" WHERE "count" <> 0 ORDER BY 1, 2',
  SampleCount: 'SELECT * FROM "SampleCount" WHERE "count" <> 0 ORDER BY 1, 2, 3, 4, 5',
}

function reader({ settings }: DataFixture): DatabaseSync {
  const database = new DatabaseSync(settings.databaseFile)
  onTestFinished(() => database.close())
  return database
}
const rowsOf = (database: DatabaseSync, of: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(of).map(([name, sql]) => [
      name,
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row })),
    ]),
  )

/** What a busy week does, in an order of chance. */
async function liveThrough({ data }: DataFixture, steps: number): Promise<void> {
  const below = chance(7)
  const input = { size: 32, channels: 3, fit: 'cover' } as const
  for (const id of ['second', 'third'])
    await data.classifiers.create({ id, title: id, classes: CLASSES, input, isMirrorable: true })
  const requested: string[] = []
  const samples: string[] = []
  const pick = <T>(from: readonly T[]): T | undefined => from[below(from.length)]
  for (let step = 0; step < steps; step++) {
    const classifierId = pick(['fruit', 'second', 'third']) ?? 'fruit'
    const kind = below(10)
    if (kind < 4) {
      const batch = Array.from({ length: 1 + below(6) }, (_, i) =>
        predictionOf(data, {
          classifierId,
          predictedClass: pick(CLASSES) ?? 'apple',
          confidence: below(101) / 100,
          createdAt: new Date(NOON - below(4) * DAY_MS),
          image: storedImage(`${step} ${i} `),
        }),
      )
      await Promise.allSettled(
        [...batch, predictionOf(data, { classifierId: 'never there' })].map((row) =>
          data.predictions.record(row),
        ),
      )
      requested.push(...batch.map(({ id }) => id))
    } else if (kind < 7 && requested.length > 0) {
      await editsOf(data)
        .giveFeedback(
          below(2)
            ? { id: pick(requested) ?? '', correct: true }
            : { id: pick(requested) ?? '', correct: false, label: pick(CLASSES) ?? 'lime' },
        )
        .catch(() => {}) // what is refused must not be counted
    } else if (kind === 7) {
      const [added] = await data.samples.add(classifierId, [
        sampleOf(`sample ${step}`, {
          label: pick(CLASSES) ?? 'apple',
          split: pick(['train', 'validation', 'test'] as const) ?? 'train',
        }),
      ])
      if (added) samples.push(added.sampleId)
    } else if (kind === 8 && samples.length > 0) {
      await editsOf(data)
        .changeSample({ id: pick(samples) ?? '', label: pick(CLASSES), is_excluded: below(2) === 1 })
        .catch(() => {})
    } else if (kind === 9 && below(2) === 1) {
      const [newest] = (await data.queries.listTrash({ limit: 1 })).entries
      if (newest) await editsOf(data).restoreTrash({ id: newest.id })
    } else if (samples.length > 3) {
      await editsOf(data)
        .deleteSample({ id: samples.splice(below(samples.length), 1)[0] ?? '' })
        .catch(() => {}) // a correction taken back may have removed it
    }
  }
}

testOnSqlite('the stored sums equal those of a plain scan after writes, undos and deletions', async () => {
  const opened = await openWithFruit()
  await liveThrough(opened, 250)
  const database = reader(opened)

  const scanned = rowsOf(database, SCANS)
  expect(rowsOf(database, COUNTS)).toEqual(scanned)
  for (const [name, rows] of Object.entries(scanned)) expect(rows.length, name).toBeGreaterThan(3)
})

test('the migration sums what there was before it', async () => {
  const opened = await openWithFruit()
  await liveThrough(opened, 100)
  const database = reader(opened)
  const before = rowsOf(database, COUNTS)
  const sql = readFileSync(
    path.join(MIGRATIONS, readdirSync(MIGRATIONS).find((name) => name.startsWith('0003')) ?? ''),
    'utf8',
  )

  database.exec(
    'DELETE FROM "ClassCount"; DELETE FROM "DayCount"; DELETE FROM "FeedbackCount"; DELETE FROM "SampleCount"',
  )
  // as it was then, and without what was only added later
  database.exec('ALTER TABLE "Sample" ADD COLUMN "isExcluded" BOOLEAN')
  database.exec(
    'DELETE FROM "Sample" WHERE "trashedAt" IS NOT NULL; UPDATE "Sample" SET "isExcluded" = "excludedAt" IS NOT NULL',
  )
  for (const [statement] of sql.matchAll(/^INSERT INTO .+;$/gm)) database.exec(statement)

  expect(rowsOf(database, COUNTS)).toEqual(before)
})

test('totals of a list are those of its rows, with filters that are summed and with others', async () => {
  const opened = await openWithFruit()
  await liveThrough(opened, 120)
  const { queries } = opened.data
  const all = (await queries.listPredictions({ limit: 1_000 })).predictions

  for (const filter of [
    {},
    { classifier: 'fruit' },
    { class: 'lime' },
    { classifier: 'second', class: 'plum' },
    { class: 'lime', min_confidence: 0.5 },
  ]) {
    const rows = all.filter(
      (row) =>
        (!('classifier' in filter) || row.classifier === filter.classifier) &&
        (!('class' in filter) || row.predicted_class === filter.class) &&
        (!('min_confidence' in filter) || row.confidence >= 0.5),
    )
    expect((await queries.listPredictions({ limit: 1, ...filter })).total).toBe(rows.length)
  }
  const samples = await queries.listSamples({ classifier: 'fruit', limit: 1_000 })
  expect(samples.total).toBe(samples.samples.length)
  expect((await queries.listSamples({ classifier: 'fruit', limit: 1, label: 'lime' })).total).toBe(
    samples.samples.filter(({ label }) => label === 'lime').length,
  )
})

test('predictions since the middle of a day are those of its rest and of the days after', async () => {
  const { data } = await openWithFruit()
  for (const hours of [-30, -25, -24, -23, -1, 0])
    await data.predictions.record(predictionOf(data, { createdAt: new Date(NOON + hours * 3_600_000) }))

  expect(await data.predictions.countSince('fruit', new Date(NOON - DAY_MS))).toBe(4)
})
