/** The events of a training run as rows: appended with the change that they tell of, and read in their order. */
import type { Connection, TransactionScope } from './connection.ts'
import { parsed } from './store.ts'
import type { RunReport } from './values.ts'

export type StoredEvent =
  | { kind: 'run' }
  | Extract<RunReport, { kind: 'step' | 'epoch' | 'stage' }>
  | { kind: 'log'; message: string; at: string }

export function eventsAfter(
  connection: Pick<Connection, 'all'>,
  runId: string,
  seq: number,
  limit: number,
): readonly { readonly seq: number; readonly event: StoredEvent }[] {
  return connection
    .all<{ seq: number; eventJson: string }>(
      'SELECT "seq", "eventJson" FROM "RunEvent" WHERE "runId" = ? AND "seq" > ? ORDER BY "seq" LIMIT ?',
      runId,
      seq,
      limit,
    )
    .map((row) => ({ seq: row.seq, event: parsed<StoredEvent>(row.eventJson) }))
}

export function appendEvent(writing: TransactionScope, runId: string, event: StoredEvent): void {
  writing.run(
    'INSERT INTO "RunEvent" ("runId", "seq", "eventJson") SELECT ?1, COALESCE(MAX("seq"), 0) + 1, ?2 ' +
      'FROM "RunEvent" WHERE "runId" = ?1',
    runId,
    JSON.stringify(event),
  )
}
