/** The frame of every page: document, theme, navigation. */
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { SCOPES } from '#lib/contracts/contract.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { FocusKeeper } from '#lib/ui/focus-keeper.tsx'
import { BrandMark, Shell } from '#lib/ui/shell.tsx'
import { ThemeSwitch } from '#lib/ui/theme-switch.tsx'
import { Toasts } from '#lib/ui/toast.tsx'
import { Account } from './_components/account.tsx'
import { Bell } from './_components/bell.tsx'
import { Navigation } from './_components/navigation.tsx'
import './globals.css'
import { currentUser } from './current-user.ts'

export const metadata: Metadata = {
  title: { default: 'Darkroom', template: '%s · Darkroom' },
  description: 'Train an image classifier, evaluate it, and serve its predictions.',
}
export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf8f4' },
    { media: '(prefers-color-scheme: dark)', color: '#120e0d' },
  ],
}

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined
  const { isLoggedIn, name, may } = await currentUser()
  const hasNotices = isLoggedIn && may('account')
  const classifiers = await darkroom().queries.classifierTitles()
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* before the first paint, so that no page flashes in the other theme */}
        <script src="/theme.js" nonce={nonce} suppressHydrationWarning />
      </head>
      <body>
        <Shell
          brand={
            <Link className="brand" href="/">
              <BrandMark />
              Darkroom
            </Link>
          }
          tools={hasNotices && <Bell />}
          navigation={<Navigation classifiers={classifiers} rights={SCOPES.filter(may)} />}
          foot={
            <>
              <ThemeSwitch />
              <Account name={isLoggedIn ? (name ?? 'You') : null} />
            </>
          }
        >
          {darkroom().settings().openActions && (
            <Card variant="attention">
              <p role="note">
                <strong>Public access is on.</strong> Anyone who can reach this address can read the history,
                upload, retrain and promote (OPEN_ACTIONS).
              </p>
            </Card>
          )}
          {children}
        </Shell>
        <Toasts />
        <FocusKeeper />
      </body>
    </html>
  )
}
