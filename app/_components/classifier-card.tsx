/** A classifier at a glance: who answers, how well, since when, how often today. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { counted } from '#lib/domain/counted.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'

const CLASSES_SHOWN = 6

export function ClassifierCard({ classifier, mayTrain }: { readonly classifier: ClassifierAnswer; readonly mayTrain: boolean }) {
  const { id, title, champion, classes, samples } = classifier
  return (
    <Card level={3} title={title} aside={champion ? <Badge variant="accent">{champion.version} answers</Badge> : <Badge variant="amber">not trained</Badge>}
      actions={(
        <>
          {champion && <Link href={`/predict?classifier=${id}`} aria-label={`Predict with ${title}`} {...looksLikeButton({ size: 'small', variant: 'primary' })}>Predict</Link>}
          {mayTrain && <Link href={`/retrain?classifier=${id}`} aria-label={`${champion ? 'Retrain' : 'Train'} ${title}`} {...looksLikeButton({ size: 'small' })}>{champion ? 'Retrain' : 'Train'}</Link>}
          <Link href={`/visualize?classifier=${id}`} aria-label={`Look into it: ${title}`} {...looksLikeButton({ size: 'small', variant: 'quiet' })}>Look into it</Link>
        </>
      )}>
      {champion && (
        <div>
          <FigureNumber size="large" share={champion.accuracy} />
          <p className="small muted">{champion.accuracy ? `right on ${counted(champion.test_images, 'test picture')}` : 'accuracy'}</p>
        </div>
      )}
      <p className="small">{classes.slice(0, CLASSES_SHOWN).join(' · ')}{classes.length > CLASSES_SHOWN && <span className="muted"> and {classes.length - CLASSES_SHOWN} more</span>}{classes.length === 0 && <span className="muted">no classes yet</span>}</p>
      <dl className="facts">
        <div><dt>Answered today</dt><dd><FigureNumber count={classifier.predictions_today} /></dd></div>
        <div><dt>Pictures here</dt><dd><FigureNumber count={samples.total} /></dd></div>
        {champion && <div><dt>Answers since</dt><dd><RelativeTime at={champion.promoted_at} /></dd></div>}
      </dl>
    </Card>
  )
}
