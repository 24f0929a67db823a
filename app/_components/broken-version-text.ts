/** Explains a promoted version that cannot be loaded: why, which version is live instead, and what to do. */
type Faulty = { readonly fault: string | null; readonly live_version: string | null }

export function faultText({ fault, live_version: live }: Faulty): string {
  const reason =
    fault === null ? '' : `${fault.charAt(0).toUpperCase()}${fault.slice(1).replace(/\.$/, '')}. `
  const now =
    live === null
      ? 'No earlier version can be loaded either, so predictions are unavailable.'
      : `${live} serves predictions in the meantime.`
  const action = 'Restore its files from a backup (it then goes live automatically), or train a new version.'
  return `${reason}${now} ${action}`
}
