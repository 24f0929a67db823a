/** The page for a classifier that does not exist. */
import Link from 'next/link'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'

export default function ClassifierNotFound() {
  return (
    <div className="stack">
      {/* not as metadata: that of a page below the root is not used where the page is not found */}
      <title>Classifier not found · Darkroom</title>
      <h1 className="sr-only">Classifier not found</h1>
      <EmptyState
        icon="alert"
        title="There is no classifier at this address"
        action={
          <span className="row">
            <Link href="/" {...buttonProps({ variant: 'primary' })}>
              All classifiers
            </Link>
            <Link href="/trash" {...buttonProps()}>
              Trash
            </Link>
          </span>
        }
      >
        The address may be misspelled, or the classifier was deleted. Deleted classifiers can be restored from
        the trash for {TRASH_DAYS} days.
      </EmptyState>
    </div>
  )
}
