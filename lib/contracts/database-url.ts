/** What DATABASE_URL may be, and how a setting is shown in an error. It opens no database. */

export const DATABASE_URL_RULE =
  'must be file: with a path, or postgresql://user:password@host:port/database, where other characters than letters ' +
  'and digits in the password are percent-encoded'

export const isDatabaseUrl = (text: string): boolean =>
  text.startsWith('file:') || (/^postgres(ql)?:\/\//.test(text) && /^\/[^/]+$/.test(pathOf(text)))

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : '')

/** The value as far as anyone may read it: no secret, and of a URL that may contain a password only its beginning. */
export function shownSetting(name: string, value: string): string {
  if (name.endsWith('_SECRET')) return '…'
  return name === 'DATABASE_URL' && !value.startsWith('file:')
    ? `${value.slice(0, value.indexOf(':') + 1)}…`
    : value
}
