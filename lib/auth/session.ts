/**
 * The session in next-auth's signed cookie: whose, which, since when. Works on plain headers, before Next
 * and inside it. lib/data knows whether it has ended meanwhile.
 */
/** next-auth's own names: the second one where the address is https. */
const COOKIES = ['__Secure-next-auth.session-token', 'next-auth.session-token'] as const

export type LoginSession = { readonly personId: string; readonly id: string; readonly began: Date }

/** Null without a session, or with one that was not signed here or has run out. */
export async function sessionIn(headers: Pick<Headers, 'get'>, secret: string): Promise<LoginSession | null> {
  const sent = headers.get('cookie')
  if (sent === null || !sent.includes('next-auth.session-token')) return null
  const { decode } = await import('next-auth/jwt') // 25 ms, for processes that may never see a session
  const cookies = cookiesOf(sent)
  for (const name of COOKIES) {
    const token = wholeOf(cookies, name)
    // a foreign or expired token makes the client anonymous
    const session = token === null ? null : sessionOf(await decode({ token, secret }).catch(() => null))
    if (session) return session
  }
  return null
}

/** The session in the claims of a token; `session` and `began` are set when a person logs in. */
export function sessionOf(claims: Readonly<Record<string, unknown>> | null): LoginSession | null {
  const { sub, session, began } = claims ?? {}
  return typeof sub === 'string' && typeof session === 'string' && typeof began === 'number'
    ? { personId: sub, id: session, began: new Date(began) }
    : null
}

function cookiesOf(header: string): ReadonlyMap<string, string> {
  const pairs = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.includes('='))
  return new Map(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), unquoted(pair.slice(pair.indexOf('=') + 1))]),
  )
}

const unquoted = (value: string): string =>
  value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value

/** next-auth cuts a cookie of more than 4 kB into `name.0`, `name.1`, … */
function wholeOf(cookies: ReadonlyMap<string, string>, name: string): string | null {
  const whole = cookies.get(name)
  if (whole !== undefined) return whole
  const parts: string[] = []
  for (let part = cookies.get(`${name}.0`); part !== undefined; part = cookies.get(`${name}.${parts.length}`))
    parts.push(part)
  return parts.length === 0 ? null : parts.join('')
}
