/** In place of a form for predictions, while the classifier has no version. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'

type NotTrainedProps = {
  readonly classifier: {
    readonly id: string
    readonly title: string
    readonly samples: { readonly total: number }
  }
  readonly mayTrain: boolean
}

export function NotTrained({ classifier: { id, title, samples }, mayTrain }: NotTrainedProps) {
  return (
    <EmptyState
      icon="train"
      title={`${title} is not trained yet`}
      action={
        mayTrain ? (
          <Link href={classifierPage(id, 'train')} {...buttonProps({ variant: 'primary' })}>
            Train
          </Link>
        ) : undefined
      }
    >
      It has {counted(samples.total, 'image')} but no version yet.
    </EmptyState>
  )
}
