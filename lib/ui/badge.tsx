/** A state or kind in one or two words. The colour only repeats the meaning of the words. */
import type { ReactNode } from 'react'

export type BadgeVariant = 'plain' | 'good' | 'bad' | 'amber' | 'accent'

export function Badge({
  variant = 'plain',
  children,
}: {
  readonly variant?: BadgeVariant
  readonly children: ReactNode
}) {
  return (
    <span className="badge" data-variant={variant}>
      {children}
    </span>
  )
}
