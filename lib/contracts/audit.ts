/** The audit log: changes with their users, logins and refused logins; as a list with filters, and as a file. */
import { z } from 'zod'
import { contract, type FileAnswer } from './contract.ts'
import { classifierId, id, nextCursor, page, time } from './fields.ts'

export const AUDIT_KINDS = ['all', 'changes', 'logins'] as const

const filters = {
  kind: z
    .enum(AUDIT_KINDS)
    .default('all')
    .describe('changes: changes to data and settings · logins: successful and refused logins'),
  by: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('a user or a key: the name, as in `by`, or the id'),
  action: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('an action, as in `action`: "POST /api/keys", "login refused"'),
  classifier: classifierId.optional(),
  since: time.optional(),
  until: time.optional().describe('before this time'),
}

export const auditEntry = z.object({
  id,
  at: time,
  by: z.string().describe('name of the user or key'),
  by_id: z.string().nullable(),
  action: z.string().describe('method and path: "POST /api/keys"; or "logged in", "login refused"'),
  what: z.string().describe('the action in words'),
  subject: z
    .string()
    .nullable()
    .describe(
      'the name of the affected object: "leaves v7", "bo@example.org", "leaf.png (rust)"; for a login, ' +
        'the client address',
    ),
  subject_id: z.string().nullable(),
  classifier: z.string().nullable(),
  detail: z.string().nullable().describe('the new values: "role: editor"; never a password or a key'),
})
export type AuditEntry = z.output<typeof auditEntry>

export const listAudit = contract({
  method: 'GET',
  path: '/api/audit',
  scope: 'admin',
  summary: 'List the audit log: changes and logins, newest first',
  input: z.object({ ...filters, ...page }),
  output: z.object({ entries: z.array(auditEntry), ...nextCursor }),
})

export const exportAudit = contract({
  method: 'GET',
  path: '/api/audit/export',
  scope: 'admin',
  summary: 'Export the audit log as a CSV or JSONL file, newest first, with the same filters as the list',
  answer: 'file',
  input: z.object({ ...filters, format: z.enum(['csv', 'jsonl']).default('csv') }),
  output: z.custom<FileAnswer>(),
})
