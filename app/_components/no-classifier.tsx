/** The empty state of a page without a classifier. */
import Link from 'next/link'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'

export function NoClassifier({
  missing,
  mayUpload,
}: {
  readonly missing: string | null
  readonly mayUpload: boolean
}) {
  if (missing) {
    return (
      <EmptyState
        icon="alert"
        title={`There is no classifier “${missing}”`}
        action={
          <Link href="/" {...buttonProps()}>
            All classifiers
          </Link>
        }
      >
        It may have been deleted, or the URL is misspelled.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="No classifier yet"
      action={
        mayUpload ? (
          <Link href="/upload" {...buttonProps({ variant: 'primary' })}>
            Upload images
          </Link>
        ) : (
          <Link href="/login?next=/upload" {...buttonProps({ variant: 'primary' })}>
            Log in to create one
          </Link>
        )
      }
    >
      Upload images of at least two classes, in one folder per class, named after the class, with at least 20
      images each. Then train with one click.
    </EmptyState>
  )
}
