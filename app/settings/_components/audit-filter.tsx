/** Filters the audit log by kind, user, action, classifier and day. Works without JavaScript; the URL can be
 *  shared. */
import { auditLabel } from '#lib/contracts/audit-labels.ts'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Input, Select } from '#lib/ui/field.tsx'
import Link from 'next/link'
import { AUDIT_KIND_CHOICES, type AuditQuery } from './audit-query.ts'

type AuditFilterProps = {
  readonly query: AuditQuery
  readonly by: readonly string[]
  readonly actions: readonly string[]
  readonly classifiers: readonly string[]
}

const ALL = { value: '', label: 'all' }
const choices = (values: readonly string[], labelOf: (value: string) => string = (value) => value) => [
  ALL,
  ...values.map((value) => ({ value, label: labelOf(value) })),
]

export function AuditFilter({ query, by, actions, classifiers }: AuditFilterProps) {
  return (
    <form action="/settings" className="grid gap-4">
      <input type="hidden" name="view" value="changes" />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <Select label="Show" name="kind" defaultValue={query.kind} options={AUDIT_KIND_CHOICES} />
        <Select label="User or key" name="by" defaultValue={query.by ?? ''} options={choices(by)} />
        <Select
          label="Action"
          name="action"
          defaultValue={query.action ?? ''}
          options={choices(actions, auditLabel)}
        />
        <Select
          label="Classifier"
          name="classifier"
          defaultValue={query.classifier ?? ''}
          options={choices(classifiers)}
        />
        <Input label="From" name="from" type="date" defaultValue={query.from} hint="Days are UTC." />
        <Input label="To" name="to" type="date" defaultValue={query.to} hint="This day is included." />
      </div>
      <div className="row">
        <Button type="submit" variant="primary">
          Filter
        </Button>
        <Link href="/settings?view=changes" {...buttonProps()}>
          Clear
        </Link>
      </div>
    </form>
  )
}
