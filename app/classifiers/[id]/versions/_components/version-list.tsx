/** The versions of a classifier, newest first, each with its actions. */
import Link from 'next/link'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { EvaluationBadge } from '../../../../_components/run-state.tsx'
import { VersionActions } from './version-actions.tsx'

type ListProps = {
  readonly models: readonly VersionAnswer[]
  readonly classifier: string
  readonly mayTrain: boolean
}

export function VersionList({ models, classifier, mayTrain }: ListProps) {
  return (
    <Table
      caption="Versions, newest first"
      hideCaption
      variant="cards"
      rows={models}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Version',
          cell: (one) => (
            <span className="row">
              <Link className="link" href={classifierPage(classifier, `versions/${one.version}`)}>
                {one.version}
              </Link>
              {one.is_live && <Badge variant="accent">live</Badge>}
              {one.precision && (
                <span title={`Numeric format of its predictions. ${one.precision_reason ?? ''}`.trim()}>
                  <Badge>{one.precision}</Badge>
                </span>
              )}
              {one.fault !== null && (
                <span title={one.fault}>
                  <Badge variant="bad">
                    {one.is_champion ? 'promoted, cannot be loaded' : 'cannot be loaded'}
                  </Badge>
                </span>
              )}
              {one.is_shipped && <Badge>shipped</Badge>}
            </span>
          ),
        },
        { name: 'Accuracy', cell: (one) => <FigureNumber share={one.accuracy} /> },
        {
          name: 'Result',
          cell: (one) =>
            one.verdict ? (
              <span title={one.verdict.sentence}>
                <EvaluationBadge kind={one.verdict.kind} />
              </span>
            ) : (
              '–'
            ),
        },
        { name: 'Base version', cell: (one) => one.parent ?? '–' },
        { name: 'Recipe', cell: (one) => one.recipe },
        { name: 'Size', isNumeric: true, cell: (one) => <FigureNumber bytes={one.size_bytes} /> },
        { name: 'Created', cell: (one) => <RelativeTime at={one.created_at} /> },
        { name: 'Actions', cell: (one) => <VersionActions version={one} mayTrain={mayTrain} /> },
      ]}
    />
  )
}
