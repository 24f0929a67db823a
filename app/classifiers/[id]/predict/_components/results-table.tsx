'use client'
/** Several predictions as a table, in the order of the images, and as CSV. */
import { counted } from '#lib/domain/text/count-text.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Thumbnail } from '#lib/ui/image-tile.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { csvOf, saveFile } from '#lib/ui/save-file.ts'
import { Table } from '#lib/ui/table.tsx'
import { DecisionBadge } from '../../../../_components/decision-badge.tsx'
import { FeedbackButtons } from '../../../../_components/feedback-buttons.tsx'
import type { PredictionItem } from './prediction-item.ts'

export function PredictionTable({
  items,
  classes,
  mayGiveFeedback,
}: {
  readonly items: readonly PredictionItem[]
  readonly classes: readonly string[]
  readonly mayGiveFeedback: boolean
}) {
  const done = items.filter((one) => one.prediction ?? one.failure).length
  const failed = items.filter((one) => one.failure).length
  return (
    <Card
      title={counted(items.length, 'image')}
      aside={
        <Button size="small" disabled={done < items.length} onClick={() => saveCsv(items)}>
          Download CSV
        </Button>
      }
    >
      {done < items.length && (
        <Progress
          label="Predicting"
          percent={(done / items.length) * 100}
          detail={`${done} of ${items.length}`}
        />
      )}
      {failed > 0 && (
        <p className="small">{counted(failed, 'image')} could not be processed. The table shows why.</p>
      )}
      <Table
        caption="Predictions, in the order of the images"
        hideCaption
        variant="cards"
        rows={items}
        keyOf={(one) => one.key}
        columns={[
          {
            name: 'Image',
            cell: (one) => (
              <span className="row flex-nowrap">
                {one.preview && <Thumbnail src={one.preview} alt="" />}
                <span>{one.name}</span>
              </span>
            ),
          },
          {
            name: 'Prediction',
            cell: (one) => <Result item={one} />,
          },
          {
            name: 'Confidence',
            isNumeric: true,
            cell: (one) => one.prediction && <FigureNumber share={one.prediction.confidence} />,
          },
          {
            name: 'Confidence level',
            cell: (one) =>
              one.prediction ? (
                <DecisionBadge decision={one.prediction.decision} />
              ) : (
                one.failure && <Badge variant="bad">failed</Badge>
              ),
          },
          ...(mayGiveFeedback
            ? [
                {
                  name: 'Feedback',
                  cell: (one: PredictionItem) =>
                    one.prediction?.id && (
                      <FeedbackButtons
                        predictionId={one.prediction.id}
                        predictedClass={one.prediction.predicted_class}
                        classes={classes}
                      />
                    ),
                },
              ]
            : []),
        ]}
      />
    </Card>
  )
}

function Result({ item: { failure, prediction } }: { readonly item: PredictionItem }) {
  if (failure) return <span className="field-error">{failure.detail}</span>
  if (prediction) return <strong>{prediction.predicted_class}</strong>
  return <span className="muted">queued</span>
}

function saveCsv(items: readonly PredictionItem[]): void {
  const names = [...new Set(items.flatMap((one) => Object.keys(one.prediction?.probabilities ?? {})))]
  const header = [
    'file',
    'class',
    'confidence',
    'decision',
    'version',
    'error',
    ...names.map((name) => `p(${name})`),
  ]
  saveFile(
    'predictions.csv',
    csvOf(
      header,
      items.map(({ name, prediction, failure }) => [
        name,
        prediction?.predicted_class ?? null,
        prediction?.confidence ?? null,
        prediction?.decision ?? null,
        prediction?.model_version ?? null,
        failure?.detail ?? null,
        ...names.map((one) =>
          prediction && Object.hasOwn(prediction.probabilities, one) ? prediction.probabilities[one]! : null,
        ),
      ]),
    ),
  )
}
