/** The layout of every page: brand, navigation, account, content. Below 960 px the side bar becomes a drawer (a
 *  popover, closed by Escape or a press outside). */
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'

const DRAWER = 'navigation-drawer'

export function Shell({
  brand,
  tools,
  navigation,
  foot,
  children,
}: {
  readonly brand: ReactNode
  /** Next to the brand, on every page. */
  readonly tools: ReactNode
  readonly navigation: ReactNode
  readonly foot: ReactNode
  readonly children: ReactNode
}) {
  return (
    <>
      <a className="skip-link" href="#page">
        Skip to content
      </a>
      <div className="shell">
        <header className="shell-bar">
          {brand}
          <div className="shell-tools">{tools}</div>
          <button
            type="button"
            {...{ popoverTarget: DRAWER }}
            className="button"
            data-variant="quiet"
            aria-label="Menu"
          >
            <Icon name="menu" />
          </button>
        </header>
        <aside className="shell-side" id={DRAWER} popover="auto" aria-label="Darkroom">
          {brand}
          {navigation}
          <div className="shell-foot">{foot}</div>
        </aside>
        <main className="shell-main" id="page" tabIndex={-1}>
          {children}
        </main>
      </div>
    </>
  )
}

/** The logo. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#1b1110" />
      <circle cx="16" cy="16" r="8.5" fill="#ff5a36" />
      <path d="M16 7.5a8.5 8.5 0 0 1 0 17z" fill="#ffb454" />
      <g fill="#f5ede7" opacity="0.9">
        <rect x="4" y="3.5" width="3" height="2.5" rx=".6" />
        <rect x="10.3" y="3.5" width="3" height="2.5" rx=".6" />
        <rect x="18.7" y="3.5" width="3" height="2.5" rx=".6" />
        <rect x="25" y="3.5" width="3" height="2.5" rx=".6" />
        <rect x="4" y="26" width="3" height="2.5" rx=".6" />
        <rect x="10.3" y="26" width="3" height="2.5" rx=".6" />
        <rect x="18.7" y="26" width="3" height="2.5" rx=".6" />
        <rect x="25" y="26" width="3" height="2.5" rx=".6" />
      </g>
    </svg>
  )
}

/** The head of a page: title, one sentence, and controls. */
export function PageHead({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <div className="page-head">
      <div>
        <h1>{title}</h1>
        {lead && <p className="page-lead">{lead}</p>}
      </div>
      {children && <div className="row">{children}</div>}
    </div>
  )
}
