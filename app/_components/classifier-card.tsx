/** A classifier at a glance: who answers, how well, since when, how often today. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { counted } from '#lib/domain/counted.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'

const MOST_CLASSES = 6
const MOST_LETTERS = 90 // of their names together: about three lines on a card

export function ClassifierCard({
  classifier,
  mayTrain,
}: {
  readonly classifier: ClassifierAnswer
  readonly mayTrain: boolean
}) {
  const { id, title, champion, classes, samples } = classifier
  const named = firstOf(classes)
  return (
    <Card
      level={3}
      title={title}
      aside={<LiveBadge classifier={classifier} />}
      actions={
        <>
          {champion && (
            <Link
              href={`/predict?classifier=${id}`}
              aria-label={`Predict with ${title}`}
              {...looksLikeButton({ size: 'small', variant: 'primary' })}
            >
              Predict
            </Link>
          )}
          {mayTrain && (
            <Link
              href={`/retrain?classifier=${id}`}
              aria-label={`${champion ? 'Retrain' : 'Train'} ${title}`}
              {...looksLikeButton({ size: 'small' })}
            >
              {champion ? 'Retrain' : 'Train'}
            </Link>
          )}
          <Link
            href={`/visualize?classifier=${id}`}
            aria-label={`Look into it: ${title}`}
            {...looksLikeButton({ size: 'small', variant: 'quiet' })}
          >
            Look into it
          </Link>
        </>
      }
    >
      {champion && (
        <div>
          {champion.accuracy ? (
            <>
              <FigureNumber size="large" share={champion.accuracy} />
              <p className="small muted">right on {counted(champion.test_images, 'test picture')}</p>
            </>
          ) : (
            <p className="muted">Not measured: it had no test pictures.</p>
          )}
        </div>
      )}
      <p className="small">
        {named.join(' · ')}
        {classes.length > named.length && (
          <span className="muted"> and {classes.length - named.length} more</span>
        )}
        {classes.length === 0 && <span className="muted">no classes yet</span>}
      </p>
      <dl className="facts">
        <div>
          <dt>Answered today</dt>
          <dd>
            <FigureNumber count={classifier.predictions_today} />
          </dd>
        </div>
        <div>
          <dt>Pictures here</dt>
          <dd>
            <FigureNumber count={samples.total} />
          </dd>
        </div>
        {champion && (
          <div data-whole-line>
            <dt>Answers since</dt>
            <dd>
              <RelativeTime at={champion.promoted_at} />
            </dd>
          </div>
        )}
      </dl>
    </Card>
  )
}

function LiveBadge({
  classifier: { champion, live_version: live, fault },
}: {
  readonly classifier: ClassifierAnswer
}) {
  if (!champion) return <Badge variant="amber">not trained</Badge>
  if (fault === null) return <Badge variant="accent">{champion.version} live</Badge>
  return (
    <Badge variant="bad">
      {live === null ? 'no usable version' : `${live} live instead of ${champion.version}`}
    </Badge>
  )
}

/** At least one, however long its name is. */
function firstOf(classes: readonly string[]): readonly string[] {
  let letters = 0
  return classes
    .slice(0, MOST_CLASSES)
    .filter((name, i) => (letters += name.length) <= MOST_LETTERS || i === 0)
}
