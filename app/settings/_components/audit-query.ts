/** The filters of the audit log in the URL of the page. Invalid values are ignored. */
import { AUDIT_KINDS, listAudit } from '#lib/contracts/audit.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { Query } from '../../current-user.ts'

export type AuditQuery = {
  readonly kind: (typeof AUDIT_KINDS)[number]
  readonly by?: string | undefined
  readonly action?: string | undefined
  readonly classifier?: string | undefined
  /** Days in UTC: from the start of the first to the end of the last. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export const AUDIT_KIND_CHOICES: readonly { readonly value: AuditQuery['kind']; readonly label: string }[] = [
  { value: 'changes', label: 'changes' },
  { value: 'logins', label: 'logins' },
  { value: 'all', label: 'changes and logins' },
]
const DAY_MS = 24 * 3600 * 1000

/** The page shows changes first; logins are one choice away. */
export function auditQueryOf(query: Query): AuditQuery {
  const text = (name: string): string | undefined => query[name] || undefined
  const day = (name: string): string | undefined =>
    /^\d{4}-\d\d-\d\d$/.test(query[name] ?? '') && !Number.isNaN(Date.parse(query[name] ?? ''))
      ? query[name]
      : undefined
  const classifier = listAudit.input.shape.classifier.safeParse(query.classifier)
  return {
    kind: AUDIT_KINDS.find((one) => one === query.kind) ?? 'changes',
    by: text('by'),
    action: text('action'),
    classifier: classifier.success ? classifier.data || undefined : undefined,
    from: day('from'),
    to: day('to'),
  }
}

/** The filters as input of the API. */
export const auditInputOf = ({
  from,
  to,
  ...rest
}: AuditQuery): Omit<Input<typeof listAudit>, 'limit' | 'cursor'> => ({
  ...rest,
  since: from && new Date(from).toISOString(),
  until: to && new Date(Date.parse(to) + DAY_MS).toISOString(),
})

/** The URL of the page with these filters. */
export function auditAddress(query: AuditQuery, cursor?: string): string {
  const named = Object.entries({ view: 'changes', ...query, cursor }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return `/settings?${new URLSearchParams(named)}`
}
