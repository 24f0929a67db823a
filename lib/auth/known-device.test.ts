import { expect, test } from 'vitest'
import { deviceCookie, knownDevice } from './known-device.ts'

const SECRET = 'a secret of more than sixteen'
const sent = (cookie: string): string => `theme=dark; ${cookie.split(';')[0]}; other=1`

test('a browser is known to the account that logged in with it, and to no other', () => {
  const cookie = deviceCookie('Ada@example.org', SECRET, false)

  expect(knownDevice(sent(cookie), ' ada@example.org', SECRET)).toMatch(/^[\w-]{16}$/)
  expect(knownDevice(sent(cookie), 'bo@example.org', SECRET)).toBeNull()
  expect(knownDevice(sent(cookie), 'ada@example.org', 'another secret, as long')).toBeNull()
  expect(deviceCookie('ada@example.org', SECRET, false)).not.toBe(cookie)
})

test.each([null, '', 'darkroom-device=', 'darkroom-device=a.b', 'darkroom-device=.', 'darkroom-device'])(
  '%s identifies no account',
  (cookies) => expect(knownDevice(cookies, 'ada@example.org', SECRET)).toBeNull(),
)

test('scripts cannot read the cookie, and one set over https is sent over https only', () => {
  expect(deviceCookie('a', SECRET, false)).toMatch(/; HttpOnly; SameSite=Lax$/)
  expect(deviceCookie('a', SECRET, true)).toMatch(/; Secure$/)
})
