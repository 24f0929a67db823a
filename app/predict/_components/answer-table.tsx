'use client'
/** Many answers as a table, in the order of the pictures, and as CSV. */
import { counted } from '#lib/domain/counted.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Thumbnail } from '#lib/ui/image-tile.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { csvOf, saveFile } from '#lib/ui/save-file.ts'
import { Table } from '#lib/ui/table.tsx'
import { DecisionBadge } from '../../_components/decision-badge.tsx'
import { FeedbackButtons } from '../../_components/feedback-buttons.tsx'
import type { AskedPicture } from './asked-picture.ts'

export function AnswerTable({
  asked,
  classes,
  mayGiveFeedback,
}: {
  readonly asked: readonly AskedPicture[]
  readonly classes: readonly string[]
  readonly mayGiveFeedback: boolean
}) {
  const done = asked.filter((one) => one.answer ?? one.failure).length
  const failed = asked.filter((one) => one.failure).length
  return (
    <Card
      title={counted(asked.length, 'picture')}
      aside={
        <Button size="small" disabled={done < asked.length} onClick={() => saveCsv(asked)}>
          Save as CSV
        </Button>
      }
    >
      {done < asked.length && (
        <Progress
          label="Asking"
          percent={(done / asked.length) * 100}
          detail={`${done} of ${asked.length}`}
        />
      )}
      {failed > 0 && (
        <p className="small">
          {failed} {failed === 1 ? 'picture has' : 'pictures have'} no answer; the table says why.
        </p>
      )}
      <Table
        caption="Answers, in the order of the pictures"
        isCaptionHidden
        variant="cards"
        rows={asked}
        keyOf={(one) => one.key}
        columns={[
          {
            name: 'Picture',
            cell: (one) => (
              <span className="row flex-nowrap">
                {one.preview && <Thumbnail src={one.preview} alt="" />}
                <span>{one.name}</span>
              </span>
            ),
          },
          {
            name: 'Answer',
            cell: (one) => {
              if (one.failure) return <span className="field-error">{one.failure.detail}</span>
              if (one.answer) return <strong>{one.answer.predicted_class}</strong>
              return <span className="muted">waiting</span>
            },
          },
          {
            name: 'Confidence',
            isNumeric: true,
            cell: (one) => one.answer && <FigureNumber share={one.answer.confidence} />,
          },
          {
            name: 'How sure',
            cell: (one) =>
              one.answer ? (
                <DecisionBadge decision={one.answer.decision} />
              ) : (
                one.failure && <Badge variant="bad">no answer</Badge>
              ),
          },
          ...(mayGiveFeedback
            ? [
                {
                  name: 'Right?',
                  cell: (one: AskedPicture) =>
                    one.answer?.id && (
                      <FeedbackButtons
                        predictionId={one.answer.id}
                        answer={one.answer.predicted_class}
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

function saveCsv(asked: readonly AskedPicture[]): void {
  const names = [...new Set(asked.flatMap((one) => Object.keys(one.answer?.probabilities ?? {})))]
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
      asked.map(({ name, answer, failure }) => [
        name,
        answer?.predicted_class ?? null,
        answer?.confidence ?? null,
        answer?.decision ?? null,
        answer?.model_version ?? null,
        failure?.detail ?? null,
        ...names.map((one) =>
          answer && Object.hasOwn(answer.probabilities, one) ? answer.probabilities[one]! : null,
        ),
      ]),
    ),
  )
}
