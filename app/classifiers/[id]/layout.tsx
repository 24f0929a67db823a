/** The frame of a classifier's pages: their titles contain its name, and above each is the path to it. */
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { classifierOfPage, type ClassifierParams } from '../classifier-of-page.ts'
import { Breadcrumbs } from './_components/breadcrumbs.tsx'

type ClassifierLayoutProps = { readonly children: ReactNode; readonly params: ClassifierParams }

export async function generateMetadata({ params }: ClassifierLayoutProps): Promise<Metadata> {
  const { title } = await classifierOfPage(params)
  return { title: { default: title, template: `%s · ${title} · Darkroom` } }
}

export default async function ClassifierLayout({ children, params }: ClassifierLayoutProps) {
  const { id, title } = await classifierOfPage(params)
  return (
    <>
      <Breadcrumbs classifier={{ id, title }} />
      {children}
    </>
  )
}
