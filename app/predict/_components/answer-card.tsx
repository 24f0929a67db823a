'use client'
/** One answer, whole: the class, how sure, what else it could be, and by whom and how fast it was given. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { Bars } from '#lib/ui/bars.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { DecisionBadge } from '../../_components/decision-badge.tsx'
import { FeedbackButtons } from '../../_components/feedback-buttons.tsx'
import type { AskedPicture } from './asked-picture.ts'
import { WhereItLooks } from './where-it-looks.tsx'

type AnswerCardProps = {
  readonly picture: AskedPicture
  readonly answer: PredictionAnswer
  readonly classes: readonly string[]
  readonly mayGiveFeedback: boolean
  readonly isDrawn: boolean
}

export function AnswerCard({ picture, answer, classes, mayGiveFeedback, isDrawn }: AnswerCardProps) {
  return (
    <Card>
      <div className="flex flex-wrap items-start gap-5">
        {picture.preview && !isDrawn && (
          <img className="tile-picture max-w-36" src={picture.preview} alt={picture.name} />
        )}
        <div className="grid min-w-0 flex-1 basis-48 gap-2">
          <p className="answer">{answer.predicted_class}</p>
          <p className="row">
            <FigureNumber share={answer.confidence} size="large" />
            <DecisionBadge decision={answer.decision} />
          </p>
          <p className="small muted">{inWords(answer)}</p>
        </div>
      </div>
      <Bars label="Probabilities of all classes" probabilities={answer.probabilities} />
      {picture.file && <WhereItLooks key={picture.key} file={picture.file} answer={answer} />}
      {mayGiveFeedback && answer.id && (
        <div className="row">
          <span className="small">Was it right?</span>
          <FeedbackButtons
            key={answer.id}
            predictionId={answer.id}
            answer={answer.predicted_class}
            classes={classes}
          />
        </div>
      )}
      <dl className="facts">
        <div>
          <dt>Version</dt>
          <dd>
            {answer.classifier} {answer.model_version}
          </dd>
        </div>
        <div>
          <dt>Engine</dt>
          <dd>{answer.engine}</dd>
        </div>
        <div>
          <dt>Time</dt>
          <dd>
            <FigureNumber amount={answer.timing_ms.total} unit="ms" />
          </dd>
        </div>
        {answer.familiarity && (
          <div>
            <dt>From what it knows</dt>
            <dd>
              {answer.familiarity.distance.toFixed(2)}
              {answer.familiarity.threshold !== null &&
                ` (familiar up to ${answer.familiarity.threshold.toFixed(2)})`}
            </dd>
          </div>
        )}
        <div>
          <dt>Picture</dt>
          <dd>
            {answer.width} × {answer.height}
          </dd>
        </div>
      </dl>
    </Card>
  )
}

function inWords({ decision, candidates }: PredictionAnswer): string {
  switch (decision) {
    case 'confident':
      return 'Calibrated: of answers this sure, about that share are right.'
    case 'uncertain':
      return candidates && candidates.length > 1
        ? `Not sure. It is probably one of: ${candidates.join(', ')}.`
        : 'Not sure: less certain than this version must be to promise an answer.'
    case 'unfamiliar':
      return (
        'This is unlike nearly every picture that the version was tried on. Take the answer as a guess, ' +
        'however sure it looks.'
      )
    case null: {
      const probable =
        candidates && (candidates.length > 1 ? `one of: ${candidates.join(', ')}` : candidates[0])
      return (
        'Too few held-back pictures to promise how often an answer this sure is right.' +
        `${probable ? ` It is probably ${probable}.` : ''} More pictures, and a training, would change that.`
      )
    }
  }
}
