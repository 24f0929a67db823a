import { expect, test } from 'vitest'
import { checkedAuth } from './auth-requests.ts'
import { openProgram } from './program.fakes.ts'
import { withProblems } from './serve.ts'

/** Behaves like next-auth for requests it does not know. */
const send = async (
  method: string,
  address: string,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<Response> => {
  openProgram()
  const route = withProblems(checkedAuth<Request>(async () => new Response('answered', { status })))
  const url = new URL(`/api/auth/${address}`, 'http://darkroom.test')
  return route(new Request(url, { method, headers }), {
    params: Promise.resolve({ nextauth: url.pathname.split('/').slice(3) }),
  })
}

test.each([
  ['GET', 'csrf'],
  ['GET', 'providers'],
  ['GET', 'session'],
  ['HEAD', 'session'],
  ['GET', 'signin'],
  ['POST', 'signout'],
  ['POST', 'callback/credentials'],
  ['GET', 'callback/oidc?code=1'],
  ['GET', 'signin?callbackUrl=/history'],
  ['GET', 'signin?callbackUrl=https://elsewhere.example/'],
])('%s %s is passed to next-auth', async (method, address) =>
  expect((await send(method, address)).status).toBe(200),
)

test.each([
  ['GET', 'callback/credentials', 405, 'POST, OPTIONS'],
  ['POST', 'csrf', 405, 'GET, HEAD, OPTIONS'],
  ['POST', 'error', 405, 'GET, HEAD, OPTIONS'],
  ['GET', 'nowhere', 404, null],
  ['GET', 'constructor', 404, null],
  ['POST', '_log', 404, null],
  ['GET', 'signin?callbackUrl=javascript:alert(1)', 422, null],
  ['GET', 'csrf?callbackUrl=x', 422, null],
])('%s %s: %s as a problem document', async (method, address, status, allow) => {
  const response = await send(method, address)

  expect([response.status, response.headers.get('allow')]).toEqual([status, allow])
  expect(response.headers.get('content-type')).toBe('application/problem+json')
})

test('plain-text errors of next-auth become a 404 or name the damaged cookie', async () => {
  expect((await send('POST', 'callback/unknown', { status: 400 })).status).toBe(404)
  expect(
    await (
      await send('GET', 'session', { headers: { cookie: 'a=b; next-auth.callback-url=nowhere' } })
    ).json(),
  ).toMatchObject({ status: 400, code: 'malformed' })
  expect(
    (
      await send('GET', 'session', {
        headers: { cookie: 'next-auth.callback-url=http%3A%2F%2Fdarkroom.test' },
      })
    ).status,
  ).toBe(200)
})
