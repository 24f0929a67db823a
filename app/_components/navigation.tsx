'use client'
/** The sidebar's links: the sections of the classifier that is shown, with a switcher above them; then the
 *  pages of the installation. */
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { Scope } from '#lib/contracts/contract.ts'
import { classifierInPath, classifierPage } from '#lib/domain/classifier-pages.ts'
import { Icon, type IconName } from '#lib/ui/icon.tsx'
import { sectionOf, SECTIONS } from '../classifiers/sections.ts'
import { ClassifierSwitcher } from './classifier-switcher.tsx'
import type { ClassifierTitle } from './matching-titles.ts'

type NavigationLink = { readonly href: string; readonly name: string; readonly icon: IconName }

const PAGES: readonly (NavigationLink & { readonly needs: Scope })[] = [
  { href: '/', name: 'Classifiers', icon: 'grid', needs: 'open' },
  { href: '/trash', name: 'Trash', icon: 'trash', needs: 'view' },
  { href: '/monitoring', name: 'Monitoring', icon: 'gauge', needs: 'open' },
  { href: '/docs', name: 'API', icon: 'code', needs: 'open' },
  { href: '/help', name: 'Help', icon: 'help', needs: 'open' },
  { href: '/settings', name: 'Settings', icon: 'sliders', needs: 'admin' },
]

export function Navigation({
  classifiers,
  rights,
}: {
  readonly classifiers: readonly ClassifierTitle[]
  /** What the user may do, of the rights that links need. */
  readonly rights: readonly Scope[]
}) {
  const path = usePathname()
  const within = classifierInPath(path)
  const shown = classifiers.find(({ id }) => id === within?.id)
  useReloadWithout(within !== null && shown === undefined ? within.id : null)
  const installation = PAGES.filter(({ needs }) => rights.includes(needs))
  return (
    <>
      {shown && within && (
        <nav className="navigation" aria-label={`Pages of ${shown.title}`}>
          <ClassifierSwitcher
            key={shown.id}
            classifiers={classifiers}
            shown={shown}
            section={sectionOf(within.section).segment}
          />
          {SECTIONS.filter(({ needs }) => rights.includes(needs)).map(({ segment, label, icon }) => (
            <PageLink
              key={segment}
              link={{ href: classifierPage(shown.id, segment), name: label, icon }}
              isCurrent={sectionOf(within.section).segment === segment}
              path={path}
            />
          ))}
        </nav>
      )}
      <nav className="navigation" aria-label="Pages" data-below={shown !== undefined || undefined}>
        {installation.map((link) => (
          <PageLink
            key={link.href}
            link={link}
            isCurrent={path === link.href || (link.href !== '/' && path.startsWith(`${link.href}/`))}
            path={path}
          />
        ))}
      </nav>
    </>
  )
}

/** `true` for the page above the current one, such as Predict above Many images. */
function PageLink({
  link: { href, name, icon },
  isCurrent,
  path,
}: {
  readonly link: NavigationLink
  readonly isCurrent: boolean
  readonly path: string
}) {
  const isPage = path === href
  return (
    <Link href={href} aria-current={isPage ? 'page' : isCurrent || undefined} onClick={closeDrawer}>
      <Icon name={icon} />
      {name}
    </Link>
  )
}

/** The list of classifiers is read with the first page; one that was created since then is not in it. */
function useReloadWithout(missing: string | null): void {
  const router = useRouter()
  useEffect(() => {
    if (missing !== null) router.refresh()
  }, [missing, router])
}

/** Navigation does not reload the document, so the drawer must be closed here. */
function closeDrawer({ currentTarget }: { currentTarget: Element }) {
  const drawer = currentTarget.closest('[popover]')
  if (drawer instanceof HTMLElement && drawer.matches(':popover-open')) drawer.hidePopover()
}
