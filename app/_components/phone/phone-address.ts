/** The address of this Darkroom that a phone in the same network can open. Pure. */
import { isOnThisDeviceOnly } from '../../classifiers/[id]/use/address.ts'

type Reachability = {
  /** Where the browser opened this page. */
  readonly origin: string
  /** The address that Darkroom listens on (HOST). */
  readonly host: string
  /** ALLOWED_HOSTS. */
  readonly allowedHosts: readonly string[]
  /** Of the network interfaces of this machine. */
  readonly addresses: readonly string[]
}

const ALL_INTERFACES: readonly string[] = ['0.0.0.0', '::']
/** Private networks (RFC 1918). */
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/

/** The origin of the browser where a phone can use it, too. On localhost: a name of ALLOWED_HOSTS, or the address of
 *  this machine in its local network; null where Darkroom listens on this machine alone. */
export function phoneAddress({ origin, host, allowedHosts, addresses }: Reachability): string | null {
  if (!isOnThisDeviceOnly(origin)) return origin
  const { protocol, port } = new URL(origin)
  const isFor = (name: string): boolean => !isOnThisDeviceOnly(`${protocol}//${name}`)
  if (!ALL_INTERFACES.includes(host)) return isFor(bracketed(host)) ? at(bracketed(host)) : null
  const allowed = allowedHosts.find((name) => !name.includes('*') && isFor(name))
  if (allowed !== undefined) return /:\d+$/.test(allowed) ? `${protocol}//${allowed}` : at(allowed)
  const local = addresses.find((address) => PRIVATE.test(address)) ?? addresses[0]
  return local === undefined ? null : at(bracketed(local))

  function at(name: string): string {
    return `${protocol}//${name}${port === '' ? '' : `:${port}`}`
  }
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)
