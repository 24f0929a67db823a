/** A surface for one thing with its heading and what can be done with it. */
import type { ReactNode } from 'react'

type CardProps = {
  readonly title?: ReactNode
  /** Beside the title: a badge, a switch. */
  readonly aside?: ReactNode
  /** What can be done, at the bottom. */
  readonly actions?: ReactNode
  readonly variant?: 'plain' | 'attention' | 'accent'
  readonly level?: 2 | 3
  readonly id?: string
  readonly children?: ReactNode
}

export function Card({ title, aside, actions, variant = 'plain', level = 2, id, children }: CardProps) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section className="card" data-variant={variant} id={id}>
      {(title || aside) && (
        <div className="card-head">
          {title && <Heading>{title}</Heading>}
          {aside}
        </div>
      )}
      {children}
      {actions && <div className="card-foot">{actions}</div>}
    </section>
  )
}
