/**
 * Which host names a request may use. Without this check, a foreign page whose own name is pointed at this
 * machine (DNS rebinding) would be treated as ours. It checks names only; logins and permissions are
 * decided elsewhere.
 */
import { isIP, isIPv6 } from 'node:net'

/** The host names that the owner and the machine define. */
export type HostNames = {
  /** ALLOWED_HOSTS: `example.org`, `example.org:8080`, `*.example.org`, or `*` for all. */
  readonly allowed: readonly string[]
  /** The name of this machine. */
  readonly machine: string
  /** The public address (NEXTAUTH_URL). */
  readonly origin: string | null
}

type Host = { readonly name: string; readonly port: string | null }

/** `name`, `name:port` or `[IPv6]:port`; null for anything else. */
export function hostOf(text: string): Host | null {
  const match = /^(?:\[([0-9a-f:.]+(?:%[\w.~-]+)?)\]|([\w.~-]+))(?::(\d{0,5}))?$/i.exec(text)
  if (!match) return null
  const [, literal, name = literal!, port] = match
  if (literal !== undefined && !isIPv6(literal.split('%')[0]!)) return null
  return { name: name.toLowerCase().replace(/\.$/, ''), port: port || null }
}

/**
 * Accepts names that are certainly ours: addresses cannot be rebound, and an attacker cannot redirect the
 * machine's own names.
 */
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
  const pattern = hostOf(rule.replace(/^\*/, 'any'))
  if (!pattern || (pattern.port !== null && pattern.port !== host.port)) return false
  return rule.startsWith('*.')
    ? host.name.endsWith(pattern.name.slice('any'.length)) &&
        host.name.length > pattern.name.length - 'any'.length
    : host.name === pattern.name
}
