/** A browser tab, and the address of the product that it shows. */
import type { Page, Response } from '@playwright/test'

export type Tab = { readonly page: Page; readonly url: string }

/** Opens an address of the product; undefined parameters are omitted. */
export const open = (
  { page, url }: Tab,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<Response | null> => {
  const defined = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  const to = new URL(path, url)
  for (const [name, value] of defined) to.searchParams.set(name!, value!)
  return page.goto(to.href)
}
