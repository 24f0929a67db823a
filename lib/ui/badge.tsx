/** A short state or kind, in a word. Colour only repeats what the word says. */
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
