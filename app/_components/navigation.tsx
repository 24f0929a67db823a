'use client'
/** Where one can go, with the present place marked. */
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { Icon, type IconName } from '#lib/ui/icon.tsx'

const PLACES: readonly { readonly href: string; readonly name: string; readonly icon: IconName; readonly needsLogin: boolean }[] = [
  { href: '/', name: 'Dashboard', icon: 'home', needsLogin: false },
  { href: '/predict', name: 'Predict', icon: 'look', needsLogin: false },
  { href: '/upload', name: 'Upload', icon: 'upload', needsLogin: true },
  { href: '/retrain', name: 'Retrain', icon: 'train', needsLogin: true },
  { href: '/models', name: 'Models', icon: 'models', needsLogin: true },
  { href: '/visualize', name: 'Visualize', icon: 'chart', needsLogin: false },
  { href: '/history', name: 'History', icon: 'history', needsLogin: true },
]

export function Navigation({ isKnown }: { readonly isKnown: boolean }) {
  const path = usePathname()
  return (
    <nav className="navigation" aria-label="Pages">
      {PLACES.filter(({ needsLogin }) => isKnown || !needsLogin).map(({ href, name, icon }) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined} onClick={closeDrawer}><Icon name={icon} />{name}</Link>
      ))}
    </nav>
  )
}

/** The page stays when one goes to another: the drawer must be told. */
function closeDrawer({ currentTarget }: { currentTarget: Element }) {
  const drawer = currentTarget.closest('[popover]')
  if (drawer instanceof HTMLElement && drawer.matches(':popover-open')) drawer.hidePopover()
}
