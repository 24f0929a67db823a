/** What a page says when there is no classifier to be about. */
import Link from 'next/link'
import { looksLikeButton } from '#lib/ui/button.tsx'
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
          <Link href="/" {...looksLikeButton()}>
            All classifiers
          </Link>
        }
      >
        It may have been deleted, or the address has a mistake.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      title="No classifier yet"
      action={
        mayUpload ? (
          <Link href="/upload" {...looksLikeButton({ variant: 'primary' })}>
            Upload the first pictures
          </Link>
        ) : (
          <Link href="/login?next=/upload" {...looksLikeButton({ variant: 'primary' })}>
            Log in to make one
          </Link>
        )
      }
    >
      A classifier begins with pictures: two classes, a few dozen of each. Upload them in folders named like
      the classes, then train with one click.
    </EmptyState>
  )
}
