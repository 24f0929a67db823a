/**
 * Rules about what is read: parsed JSON, and what the database holds, have no type until a schema or a check in
 * code has given them one. A cast, or an annotation on the result of JSON.parse, only claims a type. Tests may
 * claim.
 */
import { isTest } from './module-boundaries.ts'
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

export const noCastJson: ProjectRule = {
  name: 'no cast of parsed JSON',
  counts: 'files',
  minimum: 400,
  judge: eachFile((file) => /^(lib|app)\/.*\.tsx?$/.test(file) && !isTest(file), castsIn),
}

/** A statement of SQL names the columns of its rows, so the connections cast rows to the type that the caller gives. */
const CONNECTIONS = new Set([
  'lib/data/database/adapter.ts',
  'lib/data/database/connection.ts',
  'lib/data/database/stored-rows.ts',
])

export const noCastRows: ProjectRule = {
  name: 'no cast of stored values',
  counts: 'files',
  minimum: 60,
  judge: eachFile(
    (file) => /^lib\/(data|queries)\/.*\.ts$/.test(file) && !CONNECTIONS.has(file) && !isTest(file),
    rowCastsIn,
  ),
}

export function rowCastsIn(source: SourceFile): readonly string[] {
  return factsOf(source).casts.map(
    ({ line }) =>
      `${source.file}:${line}: casts what the database holds. Read it with wordOf() or parsed() of lib/data/store.ts.`,
  )
}

export function castsIn(source: SourceFile): readonly string[] {
  return factsOf(source).castJson.map(
    ({ line }) => `${source.file}:${line}: casts parsed JSON. Parse it with a schema, or check each field.`,
  )
}
