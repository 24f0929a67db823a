/** The audit log: who changed what, newest first, with filters and export. */
import Link from 'next/link'
import { addressOf } from '#lib/contracts/client.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { AuditFilter } from './audit-filter.tsx'
import { auditAddress, auditInputOf, type AuditQuery } from './audit-query.ts'

type AuditViewProps = {
  readonly audit: Output<Routes['GET /api/audit']>
  readonly names: { readonly by: readonly string[]; readonly actions: readonly string[] }
  readonly classifiers: readonly string[]
  readonly query: AuditQuery
  readonly isFirst: boolean
}

export function AuditView({ audit, names, classifiers, query, isFirst }: AuditViewProps) {
  return (
    <>
      <Card title="Filter">
        <AuditFilter query={query} by={names.by} actions={names.actions} classifiers={classifiers} />
      </Card>
      {audit.entries.length === 0 ? (
        <EmptyState icon="history" title="No matching entries">
          The audit log records every login and every change to users, keys, settings, images and versions.
          Change the filters to see more.
        </EmptyState>
      ) : (
        <Card
          title="Audit log"
          aside={
            <span className="row gap-1">
              <span className="small muted">Export all as</span>
              {(['csv', 'jsonl'] as const).map((format) => (
                <a
                  key={format}
                  href={addressOf('GET /api/audit/export', { ...auditInputOf(query), format })}
                  download
                  {...buttonProps({ size: 'small', variant: 'quiet' })}
                >
                  <Icon name="download" />
                  {format.toUpperCase()}
                </a>
              ))}
            </span>
          }
        >
          <Table
            caption="Audit log, newest first"
            hideCaption
            variant="lines"
            rows={audit.entries}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Action', cell: ({ what, action }) => <span title={action}>{what}</span> },
              {
                name: 'Object',
                cell: ({ subject, detail }) => (
                  <span className="min-w-0 [overflow-wrap:anywhere]">
                    {subject ?? '–'}
                    {detail && (
                      <>
                        <br />
                        <span className="small muted">{detail}</span>
                      </>
                    )}
                  </span>
                ),
              },
              { name: 'User or key', line: 'second', cell: ({ by }) => by },
              { name: 'Time', line: 'second', cell: ({ at }) => <RelativeTime at={at} /> },
            ]}
          />
          <nav className="row" aria-label="Pages of the audit log">
            {!isFirst && (
              <Link href={auditAddress(query)} {...buttonProps({ size: 'small' })}>
                Newest
              </Link>
            )}
            {audit.next_cursor && (
              <Link href={auditAddress(query, audit.next_cursor)} {...buttonProps({ size: 'small' })}>
                Older
              </Link>
            )}
          </nav>
        </Card>
      )}
    </>
  )
}
