/** The answer that a form without scripts was led to (`?result=`). Whoever asked as a stranger may look at it
 *  for a while, without the picture: the history is for those who log in. */
import { addressOf } from '#lib/contracts/client.ts'
import { getPrediction } from '#lib/contracts/predictions.ts'
import { darkroom } from '#lib/http/context.ts'
import { Bars } from '#lib/ui/bars.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { StoredImage } from '#lib/ui/stored-image.tsx'
import { DecisionBadge } from '../../_components/decision-badge.tsx'
import { answered, type Visitor } from '../../visitor.ts'

const STRANGERS_MS = 10 * 60_000

export async function GivenAnswer({ id, who }: { readonly id: string; readonly who: Visitor }) {
  const read = getPrediction.input.safeParse({ id })
  const found = read.success
    ? await answered(who.asked, () => darkroom().data.getPrediction(read.data, who.asked))
    : null
  if (!found?.ok || !(who.may('view') || isFresh(found.value.timestamp)))
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
  } = found.value
  return (
    <Card title={filename ?? 'The answer'}>
      <div className="flex flex-wrap items-start gap-5">
        {image_url && who.may('view') && (
          <StoredImage
            className="tile-picture max-w-36"
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
      <dl className="facts">
        <div>
          <dt>Version</dt>
          <dd>
            {classifier} {model_version}
          </dd>
        </div>
        <div>
          <dt>Asked</dt>
          <dd>
            <RelativeTime at={timestamp} />
          </dd>
        </div>
        <div>
          <dt>Picture</dt>
          <dd>
            {width} × {height} px
          </dd>
        </div>
        <div>
          <dt>Time</dt>
          <dd>
            <FigureNumber amount={total_ms} unit="ms" />
          </dd>
        </div>
      </dl>
    </Card>
  )
}

const isFresh = (timestamp: string): boolean => Date.now() - Date.parse(timestamp) < STRANGERS_MS
