/** What is secondary: folded on a phone, with a title; on a wide page it looks as if it were not there. */
import type { ReactNode } from 'react'

export function PhoneFold({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="phone-fold">
      <summary>{title}</summary>
      <div className="stack">{children}</div>
    </details>
  )
}
