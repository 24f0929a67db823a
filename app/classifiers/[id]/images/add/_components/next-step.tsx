/** What follows an upload: training, or the labels that its images wait for. */
import Link from 'next/link'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'

export function NextStep({ report: { classifier, id, plan } }: { readonly report: UploadReport }) {
  const isUnlabelled = plan !== null && plan.images > 0 && plan.class_count === 0
  const href = isUnlabelled
    ? `${classifierPage(classifier, 'images')}?state=unlabelled&upload=${id}`
    : classifierPage(classifier, 'train')
  return (
    <Link href={href} {...buttonProps({ variant: 'primary' })}>
      {isUnlabelled ? 'Label the images' : 'Train classifier'}
    </Link>
  )
}
