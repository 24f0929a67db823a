/** The processes of Darkroom, with their memory and CPU use. */
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import type { CurrentMetrics } from './use-metrics.ts'

const PURPOSES: Readonly<Record<string, string>> = {
  supervisor: 'Supervises the other processes',
  predict: 'Accepts connections and makes predictions',
  web: 'Serves pages and the API',
  worker: 'Runs jobs: training, comparisons, backups',
  inference: 'Makes predictions',
  training: 'Trains a version',
  'decoding-process': 'Decodes large images',
  inspection: 'Examines networks',
  grouping: 'Finds near-copies among images',
  'seed-process': 'Draws the first images',
  'backup-process': 'Creates a backup',
}

export function ProcessTable({
  processes,
  title,
}: {
  readonly processes: CurrentMetrics['processes']
  readonly title: string
}) {
  const memory = processes.reduce((sum, one) => sum + one.memory_mb, 0)
  return (
    <Card
      title={title}
      aside={
        <span className="small muted">
          <FigureNumber amount={memory} unit="MB" digits={0} /> in total
        </span>
      }
    >
      <Table
        caption="The processes of Darkroom with their memory and CPU use"
        hideCaption
        variant="cards"
        rows={processes}
        keyOf={({ pid }) => String(pid)}
        columns={[
          { name: 'Process', cell: ({ name }) => name },
          { name: 'Purpose', isLong: true, cell: ({ name }) => PURPOSES[name] ?? '–' },
          { name: 'PID', isNumeric: true, cell: ({ pid }) => pid },
          {
            name: 'Memory',
            isNumeric: true,
            cell: (one) => <FigureNumber amount={one.memory_mb} unit="MB" digits={0} />,
          },
          {
            name: 'CPU',
            isNumeric: true,
            cell: (one) => <FigureNumber amount={one.cpu_percent} unit="%" />,
          },
        ]}
      />
    </Card>
  )
}
