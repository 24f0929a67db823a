'use client'
/** Links to all pages that the user may open, with the current one marked. */
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Icon, type IconName } from '#lib/ui/icon.tsx'

const PAGES: readonly {
  readonly href: string
  readonly name: string
  readonly icon: IconName
  readonly needs: 'nothing' | 'login' | 'admin'
}[] = [
  { href: '/', name: 'Dashboard', icon: 'home', needs: 'nothing' },
  { href: '/predict', name: 'Predict', icon: 'eye', needs: 'nothing' },
  { href: '/upload', name: 'Upload', icon: 'upload', needs: 'login' },
  { href: '/retrain', name: 'Retrain', icon: 'train', needs: 'login' },
  { href: '/models', name: 'Models', icon: 'models', needs: 'login' },
  { href: '/visualize', name: 'Visualize', icon: 'chart', needs: 'nothing' },
  { href: '/history', name: 'History', icon: 'history', needs: 'login' },
  { href: '/trash', name: 'Trash', icon: 'trash', needs: 'login' },
  { href: '/monitoring', name: 'Monitoring', icon: 'gauge', needs: 'nothing' },
  { href: '/docs', name: 'API', icon: 'code', needs: 'nothing' },
  { href: '/settings', name: 'Settings', icon: 'sliders', needs: 'admin' },
]

export function Navigation({
  isLoggedIn,
  isAdmin,
}: {
  readonly isLoggedIn: boolean
  readonly isAdmin: boolean
}) {
  const path = usePathname()
  return (
    <nav className="navigation" aria-label="Pages">
      {PAGES.filter(({ needs }) => needs === 'nothing' || isAdmin || (needs === 'login' && isLoggedIn)).map(
        ({ href, name, icon }) => (
          <Link key={href} href={href} aria-current={currentness(path, href)} onClick={closeDrawer}>
            <Icon name={icon} />
            {name}
          </Link>
        ),
      )}
    </nav>
  )
}

/** `true` for the page above the current one, such as Predict above Many images. */
function currentness(path: string, href: string): 'page' | 'true' | undefined {
  if (path === href) return 'page'
  return href !== '/' && path.startsWith(`${href}/`) ? 'true' : undefined
}

/** Navigation does not reload the document, so the drawer must be closed here. */
function closeDrawer({ currentTarget }: { currentTarget: Element }) {
  const drawer = currentTarget.closest('[popover]')
  if (drawer instanceof HTMLElement && drawer.matches(':popover-open')) drawer.hidePopover()
}
