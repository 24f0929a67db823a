/** What waits for a person: a live version that cannot be loaded, a training that failed, pictures that no
 *  version has learnt from. Shows nothing where nothing waits. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { faultText } from './fault-text.ts'

export function Attention({
  runs,
  classifiers,
}: {
  readonly runs: readonly RunAnswer[]
  readonly classifiers: readonly ClassifierAnswer[]
}) {
  const failed = classifiers.flatMap(({ id, title }) => {
    const newest = runs.find((run) => run.classifier === id)
    return newest?.state === 'failed' ? [{ id, title, run: newest }] : []
  })
  const waiting = classifiers.filter((one) => one.corrections_waiting > 0)
  const broken = classifiers.filter((one) => one.fault !== null)
  if (failed.length + waiting.length + broken.length === 0) return null
  return (
    <Card title="Needs attention" variant="attention">
      <ul className="grid gap-4">
        {broken.map((one) => (
          <li key={one.id} className="row justify-between">
            <p className="min-w-0 flex-1 basis-72">
              <strong>
                {one.title}: version {one.champion?.version} cannot be loaded.
              </strong>{' '}
              {faultText(one)}
            </p>
            <Link href={`/models?classifier=${one.id}`} {...looksLikeButton({ size: 'small' })}>
              Versions of {one.title}
            </Link>
          </li>
        ))}
        {failed.map(({ id, title, run }) => (
          <li key={id} className="row justify-between">
            <p className="min-w-0 flex-1 basis-72">
              <strong>{title}: the last training failed.</strong> {run.error ?? run.message}
            </p>
            <Link href={`/retrain?classifier=${id}`} {...looksLikeButton({ size: 'small' })}>
              See the training of {title}
            </Link>
          </li>
        ))}
        {waiting.map(({ id, title, corrections_waiting: count }) => (
          <li key={id} className="row justify-between">
            <p className="min-w-0 flex-1 basis-72">
              <strong>
                {title}: {count} {count === 1 ? 'correction waits' : 'corrections wait'}.
              </strong>{' '}
              The next training learns from {count === 1 ? 'it' : 'them'}.
            </p>
            <Link href={`/retrain?classifier=${id}`} {...looksLikeButton({ size: 'small' })}>
              Retrain {title}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
