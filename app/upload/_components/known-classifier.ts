/** The classifiers that an upload can go to, and the id of a new one. */

export type Known = { readonly id: string; readonly title: string; readonly classes: readonly string[] }

/** The name of a new classifier as it stands in addresses. */
export const idOf = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
