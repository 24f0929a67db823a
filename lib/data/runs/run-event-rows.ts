/** The events of a training run as rows: appended with the change that they tell of. */
import type { TransactionScope } from '../database/connection.ts'
import type { RunReport } from '../values.ts'

export type StoredEvent =
  | { kind: 'run' }
  | Extract<RunReport, { kind: 'step' | 'epoch' | 'stage' }>
  | { kind: 'log'; message: string; at: string }

export function appendEvent(writing: TransactionScope, runId: string, event: StoredEvent): void {
  writing.run(
    'INSERT INTO "RunEvent" ("runId", "seq", "eventJson") SELECT ?1, COALESCE(MAX("seq"), 0) + 1, ?2 ' +
      'FROM "RunEvent" WHERE "runId" = ?1',
    runId,
    JSON.stringify(event),
  )
}
