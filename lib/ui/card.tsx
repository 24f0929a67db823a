/** A section with a border, a heading and actions. */
import type { ReactNode } from 'react'

type CardProps = {
  readonly title?: ReactNode
  /** Next to the title, such as a badge or a switch. */
  readonly aside?: ReactNode
  /** Buttons and links at the bottom. */
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
