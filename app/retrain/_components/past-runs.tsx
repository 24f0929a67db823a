/** Every training of a classifier, newest first, each a way to its curves. */
import Link from 'next/link'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { Card } from '#lib/ui/card.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { RunState, VerdictBadge } from '../../_components/run-state.tsx'

export function PastRuns({
  runs,
  classifier,
  shown,
}: {
  readonly runs: readonly RunAnswer[]
  readonly classifier: string
  readonly shown: string | null
}) {
  if (runs.length === 0)
    return (
      <EmptyState icon="train" title="No training yet">
        What a training does is kept here: its curves, its log, and what came of it.
      </EmptyState>
    )
  return (
    <Card title="Trainings">
      <Table
        caption="Trainings, newest first"
        isCaptionHidden
        variant="cards"
        rows={runs}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Begun',
            cell: (run) => (
              <Link
                className="link"
                href={`/retrain?classifier=${classifier}&run=${run.id}`}
                aria-current={run.id === shown ? 'true' : undefined}
              >
                <RelativeTime at={run.created_at} />
              </Link>
            ),
          },
          { name: 'State', cell: (run) => <RunState state={run.state} /> },
          { name: 'Made', cell: (run) => run.version ?? '–' },
          { name: 'Verdict', cell: (run) => (run.verdict ? <VerdictBadge kind={run.verdict.kind} /> : '–') },
          { name: 'Recipe', cell: (run) => run.recipe },
          {
            name: 'Epochs',
            isNumeric: true,
            cell: (run) =>
              run.ended_at ? `${run.epoch} of ${run.epochs}${run.stopped_early ? ', no gain' : ''}` : '–',
          },
          {
            name: 'Took',
            isNumeric: true,
            cell: (run) =>
              run.started_at && run.ended_at
                ? durationText((Date.parse(run.ended_at) - Date.parse(run.started_at)) / 1000)
                : '–',
          },
        ]}
      />
    </Card>
  )
}
