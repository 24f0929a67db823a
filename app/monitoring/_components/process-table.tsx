/** The processes that Darkroom consists of, with what each takes. */
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import type { Figures } from './followed-figures.ts'

const DOES: Readonly<Record<string, string>> = {
  supervisor: 'starts the others, and starts them again when they end',
  web: 'answers requests and shows pages',
  worker: 'does jobs: trainings, comparisons',
  inference: 'answers pictures',
  training: 'trains a version',
}

export function ProcessTable({ processes }: { readonly processes: Figures['processes'] }) {
  const memory = processes.reduce((sum, one) => sum + one.memory_mb, 0)
  return (
    <Card
      title="Processes"
      aside={
        <span className="small muted">
          together <FigureNumber amount={memory} unit="MB" digits={0} />
        </span>
      }
    >
      <Table
        caption="The processes of Darkroom, what each does and takes"
        isCaptionHidden
        variant="cards"
        rows={processes}
        keyOf={({ pid }) => String(pid)}
        columns={[
          { name: 'Process', cell: ({ name }) => name },
          { name: 'Does', cell: ({ name }) => DOES[name] ?? '–' },
          { name: 'Number', isNumeric: true, cell: ({ pid }) => pid },
          {
            name: 'Memory',
            isNumeric: true,
            cell: (one) => <FigureNumber amount={one.memory_mb} unit="MB" digits={0} />,
          },
          {
            name: 'Of one core',
            isNumeric: true,
            cell: (one) => <FigureNumber amount={one.cpu_percent} unit="%" />,
          },
        ]}
      />
    </Card>
  )
}
