/**
 * The product that the tests of e2e/reading share: `npm test -- e2e` starts it, reading.setup.ts fills it
 * once, and the tests read it in parallel. None of them may change what another one reads.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { browserCookies, openSession, type ProductSession } from './own-product.ts'
import { test as watched } from './watched.ts'

const url = process.env['DARKROOM_URL']
const dataDir = process.env['DARKROOM_DATA']

export function readingPlace(): { readonly url: string; readonly setupToken: () => string } {
  if (!url || !dataDir)
    throw new Error('These stories need a started product: run them with `npm test -- e2e`.')
  return { url, setupToken: () => readFileSync(path.join(dataDir, 'setup-token'), 'utf8').trim() }
}

/** `ownerPage` is logged in as the admin; `page` is not logged in. */
export const test = watched.extend<{ readonly ownerPage: Page }, { readonly shared: ProductSession }>({
  shared: [async ({}, use) => use(await openSession(readingPlace().url)), { scope: 'worker' }],
  ownerPage: async ({ page, context, shared }, use) => {
    await context.addCookies(browserCookies(shared.admin, shared.url))
    await use(page)
  },
})
