/** The "?" of a page: three sentences on what it is for, and a link to where more is written. Opens and closes
 *  without a script. */
import Link from 'next/link'
import type { ReactNode } from 'react'
import { buttonProps } from '#lib/ui/button.tsx'

type PageHelpProps = {
  /** The name of the page. */
  readonly page: string
  readonly more?: { readonly href: string; readonly label: string }
  /** Three sentences. */
  readonly children: ReactNode
}

export function PageHelp({ page, more, children }: PageHelpProps) {
  return (
    <details className="relative">
      <summary
        {...buttonProps({ size: 'small' })}
        className="button list-none [&::-webkit-details-marker]:hidden"
        aria-label={`Help: ${page}`}
      >
        ?
      </summary>
      <div
        className="card absolute left-0 z-10 mt-2 grid w-[min(20rem,80vw)] gap-2 shadow-lg sm:right-0 sm:left-auto"
        role="note"
      >
        <p className="small">{children}</p>
        {more && (
          <Link className="link small" href={more.href}>
            {more.label}
          </Link>
        )}
      </div>
    </details>
  )
}
