/** Who changed what, newest first. */
import Link from 'next/link'
import { wordsOfChange } from '#lib/contracts/changes.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'

export function AuditView({ audit, isFirst }: { readonly audit: Output<Routes['GET /api/audit']>; readonly isFirst: boolean }) {
  if (audit.entries.length === 0) return <EmptyState icon="history" title="Nothing was changed yet">Each change of people, keys, settings, pictures and versions is recorded here with who made it, and each login.</EmptyState>
  return (
    <Card title="Changes">
      <Table caption="Changes, newest first" isCaptionHidden variant="lines" rows={audit.entries} keyOf={({ id }) => id}
        columns={[
          { name: 'What', cell: ({ action }) => <span title={action}>{wordsOfChange(action)}</span> },
          { name: 'About', cell: ({ subject }) => subject ?? '–' },
          { name: 'By', line: 'second', cell: ({ by }) => by },
          { name: 'When', line: 'second', cell: ({ at }) => <RelativeTime at={at} /> },
        ]} />
      <nav className="row" aria-label="Pages of changes">
        {!isFirst && <Link href="/settings?view=changes" {...looksLikeButton({ size: 'small' })}>Newest</Link>}
        {audit.next_cursor && <Link href={`/settings?view=changes&cursor=${encodeURIComponent(audit.next_cursor)}`} {...looksLikeButton({ size: 'small' })}>Older</Link>}
      </nav>
    </Card>
  )
}
