/** The training runs of a classifier, newest first, each with a link to its details. */
import Link from 'next/link'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Card } from '#lib/ui/card.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { RunState, EvaluationBadge } from '../../../../_components/run-state.tsx'

/** How many a page lists. */
export const PAST_RUNS = 25

export function PastRuns({
  runs,
  classifier,
  selected,
}: {
  readonly runs: readonly RunAnswer[]
  readonly classifier: string
  readonly selected: string | null
}) {
  if (runs.length === 0)
    return (
      <EmptyState icon="train" title="No training runs yet">
        Past training runs appear here with their curves, log and result.
      </EmptyState>
    )
  return (
    <Card title="Training runs">
      <Table
        caption="Training runs, newest first"
        hideCaption
        variant="cards"
        rows={runs}
        keyOf={({ id }) => id}
        columns={[
          {
            name: 'Started',
            cell: (run) => (
              <Link
                className="link"
                href={classifierPage(classifier, `train/${run.id}`)}
                aria-current={run.id === selected ? 'true' : undefined}
              >
                <RelativeTime at={run.created_at} />
                {run.is_automatic && <span className="small muted"> automatically</span>}
              </Link>
            ),
          },
          { name: 'State', cell: (run) => <RunState state={run.state} /> },
          { name: 'Version', cell: (run) => run.version ?? '–' },
          {
            name: 'Result',
            cell: (run) => (run.verdict ? <EvaluationBadge kind={run.verdict.kind} /> : '–'),
          },
          { name: 'Recipe', cell: (run) => run.recipe },
          {
            name: 'Epochs',
            isNumeric: true,
            cell: (run) => epochsText(run),
          },
          {
            name: 'Duration',
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

function epochsText(run: RunAnswer): string {
  if (!run.ended_at) return '–'
  const epochs = `${run.epoch} of ${run.epochs}`
  return run.stopped_early ? `${epochs}, stopped early` : epochs
}
