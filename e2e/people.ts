/**
 * A user of a new product without accounts: creates the admin account, logs in, uploads images. It is not a
 * test itself.
 */
import type { Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { drawShape, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import type { FreshProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import type { AccountDetails } from './pages/accounts.ts'

export const OWNER: AccountDetails = {
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  password: 'a long and dark password',
}

/** Drawn with seeds that no bundled image has. */
export const image = (shape: ShapeName, seed: number): Buffer =>
  Buffer.from(encodePng(drawShape(shape, 900_000 + seed)))

/** A ZIP of two classes, as many images of each. */
export const twoSigns = (ofEach: number): Buffer =>
  Buffer.from(
    zipFile(
      (['star', 'ring'] as const).flatMap((shape) =>
        Array.from({ length: ofEach }, (_, i) => ({
          name: `${shape}/${i}.png`,
          content: image(shape, 5_000 + i),
        })),
      ),
    ),
  )

/** The address for the first admin, as printed by the first start. */
export function setupAddress(app: FreshProduct): string {
  const token = /setup\?token=(\S+)/.exec(app.output())?.[1]
  if (!token) throw new Error(`no one-time token was printed:\n${app.output().slice(-2_000)}`)
  return `${app.url}/setup?token=${token}`
}

export async function becomeOwner(page: Page, app: FreshProduct): Promise<void> {
  const { setup, frame } = pagesOf(page, app)
  await setup.open(setupAddress(app))
  await setup.createAccount(OWNER)
  await frame.homeHeading.waitFor()
}

export async function logIn(
  page: Page,
  app: Pick<FreshProduct, 'url'>,
  person: Omit<AccountDetails, 'name'> = OWNER,
): Promise<void> {
  const { login, frame } = pagesOf(page, app)
  await login.open()
  await login.logIn(person)
  await frame.homeHeading.waitFor()
}
