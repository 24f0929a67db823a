'use client'
/** Why a phone link cannot be used; a page that was loaded again without its token opens its link again. */
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { useRememberedLink } from './use-hidden-token.ts'

export function UnusableLink({ reason }: { readonly reason: string }) {
  useRememberedLink()
  return (
    <EmptyState icon="alert" title="This link cannot be used">
      {reason}
    </EmptyState>
  )
}
