'use client'
/** The table of stored predictions, with feedback on one or on several and, for admins, deletion. */
import Link from 'next/link'
import type { StoredPredictionAnswer } from '#lib/contracts/predictions.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Thumbnail } from '#lib/ui/image-tile.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { DecisionBadge } from '../../../../_components/decision-badge.tsx'
import { FeedbackBadge, FeedbackControl } from '../../../../_components/feedback-buttons.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { DeleteOne } from './delete-predictions.tsx'
import { useBulkFeedback } from './use-bulk-feedback.ts'

type PredictionListProps = {
  readonly predictions: readonly StoredPredictionAnswer[]
  readonly classes: readonly string[]
  readonly mayGiveFeedback: boolean
  readonly mayDelete: boolean
}

export function PredictionList({ predictions, classes, mayGiveFeedback, mayDelete }: PredictionListProps) {
  const feedback = useBulkFeedback(predictions)
  const { selected } = feedback
  return (
    <>
      {mayGiveFeedback && (
        <BulkBar
          count={selected.length}
          total={predictions.length}
          classes={classes}
          notice={feedback.notice}
          isBusy={feedback.isBusy}
          onApply={feedback.apply}
          onUndo={feedback.undo}
          onSelectAll={feedback.selectAll}
          onClear={feedback.clear}
        />
      )}
      <Table
        caption="Predictions"
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
                {mayGiveFeedback && (
                  <input
                    type="checkbox"
                    className="row-check"
                    aria-label={`Select the prediction of ${one.filename ?? 'an unnamed image'}`}
                    checked={selected.includes(one.id)}
                    onChange={(event) => feedback.toggle(one.id, (event.nativeEvent as MouseEvent).shiftKey)}
                  />
                )}
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
              <Link
                className="font-bold"
                href={classifierPage(one.classifier, 'predict', { result: one.id })}
              >
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
            cell: (one) =>
              mayGiveFeedback ? (
                <FeedbackControl
                  predictionId={one.id}
                  predictedClass={one.predicted_class}
                  classes={classes}
                  entry={feedback.entryOf(one)}
                  onChange={(entry) => feedback.change(one.id, entry)}
                />
              ) : (
                <GivenFeedback feedback={one.feedback} />
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
    </>
  )
}

const GivenFeedback = ({ feedback }: Pick<StoredPredictionAnswer, 'feedback'>) =>
  feedback ? <FeedbackBadge value={feedback} /> : <span className="muted">–</span>
