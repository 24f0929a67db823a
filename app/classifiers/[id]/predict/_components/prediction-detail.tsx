/** One stored prediction (`?result=`): linked from the history, and the target of a form sent without
 *  JavaScript. Without a login it is shown for a short time only, and without the image. */
import { addressOf } from '#lib/contracts/client.ts'
import { getPrediction } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { Bars } from '#lib/ui/bars.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { StoredImage } from '#lib/ui/stored-image.tsx'
import { DecisionBadge } from '../../../../_components/decision-badge.tsx'
import { FeedbackButtons } from '../../../../_components/feedback-buttons.tsx'
import { resultOf, type CurrentUser } from '../../../../current-user.ts'

const PUBLIC_MS = 10 * 60_000

export async function PredictionDetail({
  id,
  user,
  classes,
}: {
  readonly id: string
  readonly user: CurrentUser
  readonly classes: readonly string[]
}) {
  const read = getPrediction.input.safeParse({ id })
  const found = read.success
    ? await resultOf(user.context, () => darkroom().queries.getPrediction(read.data))
    : null
  if (!found?.ok || !(user.may('view') || isFresh(found.value.timestamp)))
    return (
      <ErrorNotice
        title="Prediction not found"
        failure={{
          detail:
            'It does not exist, or it is too old to be shown without a login. Log in to see the history.',
        }}
      />
    )
  const {
    predicted_class,
    confidence,
    decision,
    probabilities,
    filename,
    width,
    height,
    timestamp,
    classifier,
    model_version,
    total_ms,
    image_url,
    feedback,
  } = found.value
  return (
    <Card title={filename ?? 'Prediction'}>
      <div className="flex flex-wrap items-start gap-5">
        {image_url && user.may('view') && (
          <StoredImage
            className="tile-image max-w-36"
            src={addressOf('GET /api/predictions/{id}/image', { id })}
            alt={filename ?? 'the image'}
          />
        )}
        <div className="grid min-w-0 flex-1 basis-48 gap-2">
          <p className="answer">{predicted_class}</p>
          <p className="row">
            <FigureNumber share={confidence} size="large" />
            <DecisionBadge decision={decision} />
          </p>
        </div>
      </div>
      <Bars label="Probabilities of all classes" probabilities={probabilities} />
      {user.isLoggedIn && user.may('feedback') && (
        <div className="row">
          <span className="small">Is this correct?</span>
          <FeedbackButtons
            predictionId={id}
            predictedClass={predicted_class}
            classes={classes}
            feedback={feedback}
          />
        </div>
      )}
      <Facts>
        <Fact name="Version">
          {classifier} {model_version}
        </Fact>
        <Fact name="Created">
          <RelativeTime at={timestamp} />
        </Fact>
        <Fact name="Image">
          {width} × {height} px
        </Fact>
        <Fact name="Time">
          <FigureNumber amount={total_ms} unit="ms" />
        </Fact>
      </Facts>
    </Card>
  )
}

const isFresh = (timestamp: string): boolean => Date.now() - Date.parse(timestamp) < PUBLIC_MS
