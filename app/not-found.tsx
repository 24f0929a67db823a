/** The page for a URL that does not exist. */
import Link from 'next/link'
import { buttonProps } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'

export const metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon="alert"
        title="Page not found"
        action={
          <Link href="/" {...buttonProps({ variant: 'primary' })}>
            All classifiers
          </Link>
        }
      >
        The page does not exist or has been moved.
      </EmptyState>
    </>
  )
}
