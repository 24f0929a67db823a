/** The hosts that share the data: their role, their processes, and when each last reported. */
import { counted } from '#lib/domain/text/count-text.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Time } from '#lib/ui/time.tsx'
import type { CurrentMetrics } from './use-metrics.ts'

type Host = CurrentMetrics['hosts'][number]

const ROLES: Readonly<Record<string, string>> = {
  all: 'Web and worker',
  web: 'Web',
  worker: 'Worker',
}

export function HostTable({ hosts }: { readonly hosts: readonly Host[] }) {
  const live = hosts.filter(({ is_live }) => is_live)
  return (
    <Card title="Hosts" aside={<span className="small muted">{counted(live.length, 'host')} running</span>}>
      <Table
        caption="The hosts that share the data, with their processes"
        hideCaption
        variant="cards"
        rows={hosts}
        keyOf={({ id }) => id}
        columns={[
          { name: 'Host', isLong: true, cell: ({ name }) => name },
          { name: 'Role', cell: ({ role }) => ROLES[role] ?? role },
          {
            name: 'State',
            cell: ({ is_live }) =>
              is_live ? <Badge variant="good">running</Badge> : <Badge variant="amber">no heartbeat</Badge>,
          },
          { name: 'Last heartbeat', cell: ({ last_seen }) => <Time at={last_seen} format="time" /> },
          { name: 'Processes', isLong: true, cell: ({ processes }) => processNames(processes) },
          {
            name: 'Memory',
            isNumeric: true,
            cell: ({ processes }) => (
              <FigureNumber
                amount={processes.reduce((sum, one) => sum + one.memory_mb, 0)}
                unit="MB"
                digits={0}
              />
            ),
          },
          { name: 'Version', cell: ({ version }) => version },
        ]}
      />
    </Card>
  )
}

/** "supervisor, predict × 2, web". */
function processNames(processes: Host['processes']): string {
  const counts = new Map<string, number>()
  for (const { name } of processes) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} × ${count}`)).join(', ')
}
