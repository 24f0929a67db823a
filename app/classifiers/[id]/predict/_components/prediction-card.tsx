'use client'
/** One prediction: the class with its confidence, the other classes, and the version, engine and time. */
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { Bars } from '#lib/ui/bars.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { DecisionBadge } from '../../../../_components/decision-badge.tsx'
import { FeedbackButtons } from '../../../../_components/feedback-buttons.tsx'
import type { ShownPrediction } from '../../../../_components/browser-prediction/browser-answer.ts'
import { ServerAgreement } from '../../../../_components/browser-prediction/server-agreement.tsx'
import type { PredictionItem } from './prediction-item.ts'
import { ExplanationPanel } from './explanation-panel.tsx'

type PredictionCardProps = {
  readonly item: PredictionItem
  readonly prediction: ShownPrediction
  readonly classes: readonly string[]
  readonly mayGiveFeedback: boolean
  readonly isDrawn: boolean
  /** Computed in this browser: the server has not seen the image. */
  readonly isLocal?: boolean
}

export function PredictionCard({
  item,
  prediction,
  classes,
  mayGiveFeedback,
  isDrawn,
  isLocal = false,
}: PredictionCardProps) {
  return (
    <Card>
      <div className="flex flex-wrap items-start gap-5">
        {item.preview && !isDrawn && (
          <img
            className="tile-image max-w-36"
            src={item.preview}
            alt={item.name}
            // a format that only the server reads, such as TIFF or HEIC
            onError={({ currentTarget }) => (currentTarget.hidden = true)}
          />
        )}
        <div className="grid min-w-0 flex-1 basis-48 gap-2">
          <p className="answer">{prediction.predicted_class}</p>
          <p className="row">
            <FigureNumber share={prediction.confidence} size="large" />
            <DecisionBadge decision={prediction.decision} />
          </p>
          <p className="small muted">{decisionText(prediction)}</p>
        </div>
      </div>
      <Bars label="Probabilities of all classes" probabilities={prediction.probabilities} />
      {item.file && isLocal && <ServerAgreement key={item.key} file={item.file} prediction={prediction} />}
      {item.file && !isLocal && <ExplanationPanel key={item.key} file={item.file} prediction={prediction} />}
      {mayGiveFeedback && prediction.id && (
        <div className="row">
          <span className="small">Is this correct?</span>
          <FeedbackButtons
            key={prediction.id}
            predictionId={prediction.id}
            predictedClass={prediction.predicted_class}
            classes={classes}
          />
        </div>
      )}
      <Facts>
        <Fact name="Version">
          {prediction.classifier} {prediction.model_version}
        </Fact>
        <Fact name="Engine">{prediction.engine}</Fact>
        <Fact name="Time">
          <FigureNumber amount={prediction.timing_ms.total} unit="ms" />
        </Fact>
        {prediction.familiarity && (
          <Fact name="Distance to training images">
            {prediction.familiarity.distance.toFixed(2)}
            {prediction.familiarity.threshold !== null &&
              ` (familiar up to ${prediction.familiarity.threshold.toFixed(2)})`}
          </Fact>
        )}
        <Fact name="Image">
          {prediction.width} × {prediction.height} px
        </Fact>
      </Facts>
    </Card>
  )
}

function decisionText({ decision, candidates, image_problem }: ShownPrediction): string {
  switch (image_problem) {
    case 'blank':
      return 'The image is blank, so the predicted class is meaningless.'
    case 'several_digits':
      return 'The image shows several digits. Crop it to one digit and try again.'
    case null:
  }
  switch (decision) {
    case 'confident':
      return 'Calibrated: predictions with this confidence are correct about this often.'
    case 'uncertain':
      return candidates && candidates.length > 1
        ? `Uncertain. It is probably one of: ${candidates.join(', ')}.`
        : 'Not certain enough to count as confident.'
    case 'unfamiliar':
      return 'This image differs from the training data; the prediction may be unreliable.'
    case null:
      return (
        `No prediction of this version counts as confident yet: it had too few images.${candidatesText(candidates)} ` +
        'Upload more images and train again.'
      )
  }
}

function candidatesText(candidates: PredictionAnswer['candidates']): string {
  if (!candidates) return ''
  return candidates.length > 1
    ? ` It is probably one of: ${candidates.join(', ')}.`
    : ` It is probably ${candidates[0]}.`
}
