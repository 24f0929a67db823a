/** The classifiers that an upload can go to, and the ID of a new one. */

export type ClassifierOption = {
  readonly id: string
  readonly title: string
  readonly classes: readonly string[]
}

/** The ID of a new classifier, derived from its name. */
export const idOf = (title: string): string =>
  title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
