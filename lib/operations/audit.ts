/** The audit log as an admin reads and exports it. lib/http/audit-record.ts decides what is recorded. */
import type { AuditEntry, exportAudit } from '#lib/contracts/audit.ts'
import { auditLabel } from '#lib/contracts/audit-labels.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { ChangeFilter, Data } from '#lib/data/data.ts'
import type { Change } from '#lib/data/values.ts'
import { exportFile } from '#lib/domain/export-file.ts'

export type Audit = {
  readonly listAudit: RouteAnswer<'GET /api/audit'>
  readonly exportAudit: RouteAnswer<'GET /api/audit/export'>
  readonly noteChange: Data['changes']['add']
  /** The users and actions that entries can be filtered by. */
  readonly auditNames: Data['changes']['names']
}

const COLUMNS = [
  'id',
  'at',
  'by',
  'by_id',
  'what',
  'action',
  'subject',
  'subject_id',
  'classifier',
  'detail',
] as const satisfies readonly (keyof AuditEntry)[]

export const createAudit = ({
  changes,
  now,
}: {
  readonly changes: Data['changes']
  readonly now: () => Date
}): Audit => ({
  async listAudit({ cursor, limit, ...query }) {
    const { changes: page, next } = await changes.list({ cursor, limit, ...filterOf(query) })
    return { entries: page.map(entryOf), next_cursor: next }
  },
  async exportAudit({ format, ...query }) {
    return exportFile(`audit-${now().toISOString().slice(0, 10)}`, format, {
      pages: changes.pages(filterOf(query)),
      columns: COLUMNS,
      cellsOf(change) {
        const entry = entryOf(change)
        return COLUMNS.map((column) => entry[column])
      },
      objectOf: entryOf,
    })
  },
  noteChange: changes.add,
  auditNames: changes.names,
})

const filterOf = ({
  kind,
  since,
  until,
  ...rest
}: Omit<Input<typeof exportAudit>, 'format'>): ChangeFilter => ({
  ...rest,
  kind,
  since: since === undefined ? undefined : new Date(since),
  until: until === undefined ? undefined : new Date(until),
})

const entryOf = ({
  id,
  at,
  by,
  byId,
  action,
  subject,
  subjectId,
  classifier,
  detail,
}: Change): AuditEntry => ({
  id,
  at: at.toISOString(),
  by,
  by_id: byId,
  action,
  what: auditLabel(action),
  subject,
  subject_id: subjectId,
  classifier,
  detail,
})
