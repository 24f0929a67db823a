/** The events of a training run as rows: appended with the change that they tell of. */
import type { Transaction } from '../trash/trash-rows.ts'
import type { RunReport } from '../values.ts'

export type StoredEvent =
  | { kind: 'run' }
  | Extract<RunReport, { kind: 'step' | 'epoch' | 'stage' }>
  | { kind: 'log'; message: string; at: string }

export async function appendEvent(tx: Transaction, runId: string, event: StoredEvent): Promise<void> {
  const last = await tx.runEvent.findFirst({
    where: { runId },
    orderBy: { seq: 'desc' },
    select: { seq: true },
  })
  await tx.runEvent.create({ data: { runId, seq: (last?.seq ?? 0) + 1, eventJson: JSON.stringify(event) } })
}
