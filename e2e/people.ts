/** A person in front of a product that nobody owns yet: becomes its admin, logs in, brings pictures. It tells
 *  no story itself. */
import { expect, type Page } from '@playwright/test'
import { encodePng } from '#lib/images/png.ts'
import { drawShape, type ShapeName } from '#lib/domain/shapes.ts'
import type { FreshProduct } from './own-product.ts'

const OWNER = { name: 'Ada Lovelace', email: 'ada@example.org', password: 'the darkest room of all' }

/** Drawn with seeds that no shipped picture has. */
export const image = (shape: ShapeName, seed: number): Buffer =>
  Buffer.from(encodePng(drawShape(shape, 900_000 + seed)))

/** The address that the first start printed for the first admin. */
export function setupAddress(app: FreshProduct): string {
  const token = /setup\?token=(\S+)/.exec(app.output())?.[1]
  if (!token) throw new Error(`no one-time token was printed:\n${app.output().slice(-2_000)}`)
  return `${app.url}/setup?token=${token}`
}

export async function becomeOwner(page: Page, app: FreshProduct): Promise<void> {
  await page.goto(setupAddress(app))
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.getByLabel('Password').fill(OWNER.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
}

export async function logIn(
  page: Page,
  { url }: Pick<FreshProduct, 'url'>,
  { email, password }: { readonly email: string; readonly password: string } = OWNER,
): Promise<void> {
  await page.goto(`${url}/login`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
}
