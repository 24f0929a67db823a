/** Summary of a classifier: its live version, accuracy, classes, and today's predictions. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { LiveAccuracy } from './live-accuracy.tsx'
import { LiveBadge } from './live-badge.tsx'

const MAX_CLASSES = 6
const MAX_CHARACTERS = 90 // of their names together: about three lines on a card

export function ClassifierCard({
  classifier,
  mayTrain,
  isShort = false,
}: {
  readonly classifier: ClassifierAnswer
  readonly mayTrain: boolean
  /** For one example among several: without its counts. */
  readonly isShort?: boolean
}) {
  const { id, title, champion, classes } = classifier
  const named = fittingNames(classes)
  return (
    <Card
      level={3}
      title={title}
      aside={<LiveBadge classifier={classifier} />}
      actions={
        <>
          {champion && (
            <Link
              href={classifierPage(id, 'predict')}
              aria-label={`Predict with ${title}`}
              {...buttonProps({ size: 'small', variant: 'primary' })}
            >
              Predict
            </Link>
          )}
          {mayTrain && (
            <Link
              href={classifierPage(id, 'train')}
              aria-label={`${champion ? 'Retrain' : 'Train'} ${title}`}
              {...buttonProps({ size: 'small' })}
            >
              {champion ? 'Retrain' : 'Train'}
            </Link>
          )}
          <Link
            href={classifierPage(id)}
            aria-label={`Details of ${title}`}
            {...buttonProps({ size: 'small', variant: 'quiet' })}
          >
            Details
          </Link>
        </>
      }
    >
      {champion && <LiveAccuracy champion={champion} />}
      <p className="small">
        {named.join(' · ')}
        {classes.length > named.length && (
          <span className="muted"> and {classes.length - named.length} more</span>
        )}
        {classes.length === 0 && <span className="muted">no classes yet</span>}
      </p>
      {!isShort && <ClassifierFacts classifier={classifier} />}
    </Card>
  )
}

function ClassifierFacts({
  classifier: { champion, predictions_today: today, samples },
}: {
  readonly classifier: ClassifierAnswer
}) {
  return (
    <Facts>
      <Fact name="Predictions today">
        <FigureNumber count={today} />
      </Fact>
      <Fact name="Images">
        <FigureNumber count={samples.total} />
      </Fact>
      {champion && (
        <Fact name="Went live" isWide>
          <RelativeTime at={champion.promoted_at} />
        </Fact>
      )}
    </Facts>
  )
}

/** The first class names that fit on the card; at least one, however long it is. */
function fittingNames(classes: readonly string[]): readonly string[] {
  let letters = 0
  return classes
    .slice(0, MAX_CLASSES)
    .filter((name, i) => (letters += name.length) <= MAX_CHARACTERS || i === 0)
}
