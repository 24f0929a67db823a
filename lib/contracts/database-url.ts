/** What DATABASE_URL may be. It opens no database. */

export const DATABASE_URL_RULE =
  'must be file: with a path, or postgresql://user:password@host:port/database, where other characters than letters ' +
  'and digits in the password are percent-encoded'

export const isDatabaseUrl = (text: string): boolean =>
  text.startsWith('file:') || (/^postgres(ql)?:\/\//.test(text) && /^\/[^/]+$/.test(pathOf(text)))

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '')
