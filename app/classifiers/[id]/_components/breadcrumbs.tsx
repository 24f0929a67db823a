'use client'
/** The path to a page of a classifier: Classifiers, the classifier, the section, and a page within it. */
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { classifierInPath, classifierPage } from '#lib/domain/classifier-pages.ts'
import { pathBelow } from '../../sections.ts'

export function Breadcrumbs({
  classifier: { id, title },
}: {
  readonly classifier: { readonly id: string; readonly title: string }
}) {
  const steps = [
    { label: 'Classifiers', href: '/' },
    { label: title, href: classifierPage(id) },
    ...pathBelow(classifierInPath(usePathname())?.section ?? '').map(({ label, path }) => ({
      label,
      href: classifierPage(id, path),
    })),
  ]
  return (
    <nav className="breadcrumbs" aria-label="Breadcrumbs">
      <ol>
        {steps.map(({ label, href }, i) => (
          <li key={href}>
            {i === steps.length - 1 ? (
              <span aria-current="page">{label}</span>
            ) : (
              <Link href={href}>{label}</Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
