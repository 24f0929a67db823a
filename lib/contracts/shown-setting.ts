/** How a setting is shown in errors and on pages: secrets are not. */

/** Whether a setting is a secret, which no page and no error shows. */
export const isSecretSetting = (name: string): boolean => /_(SECRET|TOKEN|PASSWORD)$/.test(name)

/** The value as far as anyone may read it: no secret, and of a URL that may contain a password only its beginning. */
export function shownSetting(name: string, value: string): string {
  if (isSecretSetting(name)) return '…'
  return name === 'DATABASE_URL' && !value.startsWith('file:')
    ? `${value.slice(0, value.indexOf(':') + 1)}…`
    : value
}
