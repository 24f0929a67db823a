/** A list of names and values, such as the figures of a version. */
import type { ReactNode } from 'react'

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="facts">{children}</dl>
}

type FactProps = {
  readonly name: ReactNode
  /** Takes a line of its own. */
  readonly isWide?: boolean
  readonly children: ReactNode
}

export function Fact({ name, isWide = false, children }: FactProps) {
  return (
    <div data-whole-line={isWide || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
