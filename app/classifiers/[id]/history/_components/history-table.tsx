/** The table of stored predictions, with feedback and, for admins, deletion. */
import Link from 'next/link'
import type { StoredPredictionAnswer } from '#lib/contracts/predictions.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Thumbnail } from '#lib/ui/image-tile.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { DecisionBadge } from '../../../../_components/decision-badge.tsx'
import { FeedbackButtons } from '../../../../_components/feedback-buttons.tsx'
import { DeleteOne } from './delete-predictions.tsx'

type PredictionListProps = {
  readonly predictions: readonly StoredPredictionAnswer[]
  readonly classes: readonly string[]
  readonly mayGiveFeedback: boolean
  readonly mayDelete: boolean
}

export function PredictionList({ predictions, classes, mayGiveFeedback, mayDelete }: PredictionListProps) {
  return (
    <Table
      caption="Predictions, newest first"
      hideCaption
      variant="lines"
      rows={predictions}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Image',
          line: 'leading',
          cell: (one) => (
            <span className="row flex-nowrap">
              {one.image_url && (
                <Thumbnail src={`${one.image_url}?size=96`} alt={one.filename ?? 'the image'} />
              )}
              <span className="min-w-0 max-w-56 text-left font-normal max-sm:sr-only">
                {one.filename ?? 'unnamed'}
                <br />
                <span className="muted whitespace-nowrap">
                  {one.width} × {one.height} px
                </span>
              </span>
            </span>
          ),
        },
        {
          name: 'Prediction',
          cell: (one) => (
            <Link className="font-bold" href={classifierPage(one.classifier, 'predict', { result: one.id })}>
              {one.predicted_class}
              <span className="sr-only">: view details</span>
            </Link>
          ),
        },
        { name: 'Confidence', isNumeric: true, cell: (one) => <FigureNumber share={one.confidence} /> },
        { name: 'Confidence level', cell: (one) => <DecisionBadge decision={one.decision} /> },
        { name: 'Version', line: 'none', cell: (one) => one.model_version },
        { name: 'Created', line: 'second', cell: (one) => <RelativeTime at={one.timestamp} /> },
        {
          name: 'Feedback',
          line: 'second',
          cell: (one) => (
            <FeedbackButtons
              predictionId={one.id}
              predictedClass={one.predicted_class}
              classes={classes}
              feedback={one.feedback}
              mayChange={mayGiveFeedback}
            />
          ),
        },
        ...(mayDelete
          ? [
              {
                name: 'Delete',
                line: 'second' as const,
                cell: (one: StoredPredictionAnswer) => (
                  <DeleteOne id={one.id} name={one.filename ?? 'an unnamed image'} />
                ),
              },
            ]
          : []),
      ]}
    />
  )
}
