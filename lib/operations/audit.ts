/** The audit log as an admin reads and exports it. lib/http/audit-record.ts decides what is recorded. */
import type { AuditEntry, exportAudit } from '#lib/contracts/audit.ts'
import { auditLabel } from '#lib/contracts/audit-labels.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { ChangeFilter, Data } from '#lib/data/data.ts'
import type { Change } from '#lib/data/values.ts'
import { csvLine } from '#lib/domain/csv.ts'

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
    const pages = changes.pages(filterOf(query))
    return {
      bytes: encoded(format === 'csv' ? csvOf(pages) : jsonlOf(pages)),
      mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8',
      filename: `audit-${now().toISOString().slice(0, 10)}.${format}`,
      isImmutable: false,
    }
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

async function* csvOf(pages: AsyncIterable<readonly Change[]>): AsyncGenerator<string> {
  yield csvLine(COLUMNS)
  for await (const page of pages)
    yield page
      .map(entryOf)
      .map((entry) => csvLine(COLUMNS.map((column) => entry[column])))
      .join('')
}

async function* jsonlOf(pages: AsyncIterable<readonly Change[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((change) => `${JSON.stringify(entryOf(change))}\n`).join('')
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const text of texts) yield encoder.encode(text)
}
