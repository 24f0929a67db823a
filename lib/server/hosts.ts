/** Which host names a request may use. A page elsewhere whose own name is pointed at this machine (DNS
 *  rebinding) would otherwise be read as ours. It knows names only; where people may log in and what they may
 *  do is decided elsewhere. */
import { isIP, isIPv6 } from 'node:net'

/** What an owner and the machine say about names. */
export type HostNames = {
  /** ALLOWED_HOSTS: `example.org`, `example.org:8080`, `*.example.org`, or `*` for all. */
  readonly allowed: readonly string[]
  /** The name of this machine. */
  readonly machine: string
  /** The address that people use (NEXTAUTH_URL). */
  readonly origin: string | null
}

type Host = { readonly name: string; readonly port: string | null }

/** `name`, `name:port` or `[IPv6]:port`; null where it is none of these. */
export function hostOf(text: string): Host | null {
  const found = /^(?:\[([0-9a-f:.]+(?:%[\w.~-]+)?)\]|([\w.~-]+))(?::(\d{0,5}))?$/i.exec(text)
  if (!found) return null
  const [, literal, name = literal!, port] = found
  if (literal !== undefined && !isIPv6(literal.split('%')[0]!)) return null
  return { name: name.toLowerCase().replace(/\.$/, ''), port: port || null }
}

/** True for names that are surely ours: addresses cannot be rebound, and the machine's own names are not a
 *  stranger's to give away. */
export function hostRule({ allowed, machine, origin }: HostNames): (host: Host) => boolean {
  const name = machine.toLowerCase().replace(/\.local$/, '')
  const own = new Set([
    'localhost',
    name,
    `${name}.local`,
    ...(origin === null ? [] : [new URL(origin).hostname]),
  ])
  const rules = allowed.map((rule) => rule.toLowerCase())
  return (host) =>
    isIP(host.name) !== 0 ||
    own.has(host.name) ||
    host.name.endsWith('.localhost') ||
    rules.some((rule) => fits(host, rule))
}

function fits(host: Host, rule: string): boolean {
  if (rule === '*') return true
  const required = hostOf(rule.replace(/^\*/, 'any'))
  if (!required || (required.port !== null && required.port !== host.port)) return false
  return rule.startsWith('*.')
    ? host.name.endsWith(required.name.slice('any'.length)) &&
        host.name.length > required.name.length - 'any'.length
    : host.name === required.name
}
