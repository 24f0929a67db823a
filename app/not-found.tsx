/** An address where nothing is. */
import Link from 'next/link'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'

export const metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon="alert"
        title="There is nothing at this address"
        action={
          <Link href="/" {...looksLikeButton({ variant: 'primary' })}>
            To the dashboard
          </Link>
        }
      >
        The page may have moved with what it showed, or the address has a mistake.
      </EmptyState>
    </>
  )
}
