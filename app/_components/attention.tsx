/** What needs a person: a promoted version that cannot be loaded, a failed training run, corrections that no
 *  version is trained on. Renders nothing if there is nothing. */
import Link from 'next/link'
import type { AutoRetrainAnswer } from '#lib/contracts/auto-retrain.ts'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { faultText } from './broken-version-text.ts'
import { RetrainNow } from './retrain-now.tsx'

type AttentionProps = {
  readonly runs: readonly RunAnswer[]
  readonly classifiers: readonly ClassifierAnswer[]
  /** Of classifiers that suggest a training run. */
  readonly suggestions: readonly AutoRetrainAnswer[]
  /** The page has another sentence about new images and corrections. */
  readonly hidesCorrections?: boolean
}

export function Attention({ runs, classifiers, suggestions, hidesCorrections = false }: AttentionProps) {
  const failed = classifiers.flatMap(({ id, title }) => {
    const newest = runs.find((run) => run.classifier === id)
    return newest?.state === 'failed' ? [{ id, title, run: newest }] : []
  })
  const suggested = suggestions.flatMap((suggestion) => {
    const one = classifiers.find(({ id }) => id === suggestion.classifier)
    return one ? [{ ...one, message: suggestion.message }] : []
  })
  const unused = classifiers.filter(
    ({ id, corrections_waiting: waiting }) =>
      !hidesCorrections && waiting > 0 && !suggested.some((one) => one.id === id),
  )
  const broken = classifiers.filter((one) => one.fault !== null)
  if (failed.length + unused.length + broken.length + suggested.length === 0) return null
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
            <Link href={classifierPage(one.id, 'versions')} {...buttonProps({ size: 'small' })}>
              Versions of {one.title}
            </Link>
          </li>
        ))}
        {failed.map(({ id, title, run }) => (
          <li key={id} className="row justify-between">
            <p className="min-w-0 flex-1 basis-72">
              <strong>{title}: the last training run failed.</strong> {run.error ?? run.message}
            </p>
            <Link href={classifierPage(id, 'train')} {...buttonProps({ size: 'small' })}>
              Training runs of {title}
            </Link>
          </li>
        ))}
        {suggested.map(({ id, title, message }) => (
          <li key={id} className="row justify-between">
            <p className="min-w-0 flex-1 basis-72">
              <strong>{title}:</strong> {message}
            </p>
            <RetrainNow classifier={id} title={title} />
          </li>
        ))}
        {unused.map(({ id, title, corrections_waiting: count }) => (
          <li key={id} className="row justify-between">
            <p className="min-w-0 flex-1 basis-72">
              <strong>
                {title}: {counted(count, 'correction')} not yet used for training.
              </strong>{' '}
              The next training run includes {count === 1 ? 'it' : 'them'}.
            </p>
            <Link href={classifierPage(id, 'train')} {...buttonProps({ size: 'small' })}>
              Retrain {title}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
