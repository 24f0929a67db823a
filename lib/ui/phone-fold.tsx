/** What is secondary: folded on a phone, with a title; on a wide page it looks as if it were not there. A link to an
 *  element inside opens it, as does the browser's search. */
import type { ReactNode } from 'react'

type PhoneFoldProps = {
  readonly title: string
  readonly isOpen?: boolean
  readonly children: ReactNode
}

export function PhoneFold({ title, isOpen = false, children }: PhoneFoldProps) {
  return (
    <details className="phone-fold" open={isOpen}>
      <summary>{title}</summary>
      <div className="stack">{children}</div>
    </details>
  )
}
