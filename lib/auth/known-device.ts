/**
 * A cookie that records that an account has logged in from this browser before: its wrong passwords are
 * counted separately, so that no attacker can lock out the owner, from the same address or another (OWASP:
 * device cookies). It grants nothing and is not a session.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const NAME = 'darkroom-device'
const ONE_YEAR_SECONDS = 31_536_000
const ID_BYTES = 12

/** The id of a browser from which this account has logged in before; null for any other. */
export function knownDevice(cookies: string | null, account: string, secret: string): string | null {
  const value = cookies
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${NAME}=`))
    ?.slice(NAME.length + 1)
  const [id = '', mac = ''] = value?.split('.') ?? []
  const [given, right] = [Buffer.from(mac), Buffer.from(macOf(id, account, secret))]
  return id !== '' && given.length === right.length && timingSafeEqual(given, right) ? id : null
}

/** For `Set-Cookie`, after a correct password. */
export function deviceCookie(account: string, secret: string, isHttps: boolean): string {
  const id = randomBytes(ID_BYTES).toString('base64url')
  return (
    `${NAME}=${id}.${macOf(id, account, secret)}; Path=/api/auth; Max-Age=${ONE_YEAR_SECONDS}; HttpOnly; ` +
    `SameSite=Lax${isHttps ? '; Secure' : ''}`
  )
}

const macOf = (id: string, account: string, secret: string): string =>
  createHmac('sha256', secret).update(`device ${id} ${account.trim().toLowerCase()}`).digest('base64url')
