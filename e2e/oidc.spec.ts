/**
 * Signing in through an OpenID Connect issuer that the test starts: as users do in a browser, and as
 * attackers try.
 */
import { expect } from '@playwright/test'
import { startOidcIssuer, type Identity, type OidcIssuer } from './oidc-issuer.ts'
import { startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'
import { test } from './watched.ts'

const root: Identity = { sub: 'root', email: 'root@example.org', email_verified: true, name: 'Root' }
const new_: Identity = { sub: 'new', email: 'new@example.org', email_verified: true, name: 'Newcomer' }

let issuer: OidcIssuer
let product: OwnProduct

test.beforeAll(async () => {
  test.setTimeout(120_000)
  issuer = await startOidcIssuer()
  product = await startOwnProduct({
    DEFAULT_CLASSIFIER: 'shapes',
    OIDC_ADMINS: 'Root@example.org',
    RATE_LIMIT_ENABLED: 'false',
    ...issuer.settings,
  })
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
  await issuer[Symbol.asyncDispose]()
})

type Jar = Map<string, string>
const cookieOf = (jar: Jar): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')

async function visit(jar: Jar, url: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, {
    ...init,
    redirect: 'manual',
    headers: { ...init.headers, cookie: cookieOf(jar) },
  })
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
    if (value === '') jar.delete(name!)
    else jar.set(name!, value!)
  }
  return answer
}

/**
 * Starts the login as next-auth's client does; returns the address to which the issuer redirects the
 * browser.
 */
async function begin(jar: Jar): Promise<URL> {
  const { csrfToken } = (await (await visit(jar, `${product.url}/api/auth/csrf`)).json()) as {
    csrfToken: string
  }
  const started = await visit(jar, `${product.url}/api/auth/signin/oidc`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken, callbackUrl: 'https://elsewhere.example/steal', json: 'true' }),
  })
  const { url } = (await started.json()) as { url: string }
  const back = await fetch(url, { redirect: 'manual' })
  return new URL(back.headers.get('location') ?? url, product.url)
}

/** Where the browser is redirected in the end, and who is logged in then. */
async function end(
  jar: Jar,
  back: URL,
): Promise<{ readonly to: URL; readonly account: Readonly<Record<string, unknown>> | null }> {
  let answer = await visit(jar, back.href)
  // next-auth redirects to the login page through its own addresses
  for (
    let steps = 0;
    steps < 2 && /\/api\/auth\/(error|signin)/.test(answer.headers.get('location') ?? '');
    steps++
  ) {
    answer = await visit(jar, answer.headers.get('location')!)
  }
  const account = await product.request('GET', '/api/account', { headers: { cookie: cookieOf(jar) } })
  return {
    to: new URL(answer.headers.get('location') ?? '/nowhere', product.url),
    account: account.status === 200 ? account.json : null,
  }
}

async function signIn(identity: Identity, fault?: Parameters<OidcIssuer['signsIn']>[1]) {
  issuer.signsIn(identity, fault)
  const jar: Jar = new Map()
  return { jar, ...(await end(jar, await begin(jar))) }
}

test('the login page offers the issuer; a new user becomes a viewer and sees why changes are not allowed', async ({
  page,
}) => {
  const { frame, login, account, retrain, history } = pagesOf(page, product)
  issuer.signsIn(new_)
  await login.open('/classifiers/shapes/history')
  await login.signInWith('127.0.0.1')

  await expect(page).toHaveURL(`${product.url}/classifiers/shapes/history`)
  await retrain.open()
  await expect(frame.note).toContainText('cannot start a training run; only editors and admins can')
  await frame.accountLink('Newcomer').click()
  await expect(account.noPassword).toBeVisible()
  await account.logOut()
  await expect(frame.loginLink).toBeVisible()
  await history.open('shapes')
  await expect(page).toHaveURL(/\/login/)
})

test('the authorization request has PKCE, state and nonce, and redirects to no other site', async () => {
  const { to, account } = await signIn(root)

  const sent = issuer.lastAuthorization()
  expect(sent.get('code_challenge_method')).toBe('S256')
  for (const name of ['code_challenge', 'state', 'nonce'])
    expect(sent.get(name)?.length ?? 0, name).toBeGreaterThan(20)
  expect(sent.get('redirect_uri')).toBe(`${product.url}/api/auth/callback/oidc`)
  expect(to.origin).toBe(product.url)
  expect(account).toMatchObject({
    email: 'root@example.org',
    role: 'admin',
    has_password: false,
    has_oidc: true,
  })
})

test('a known address is linked to its account; an admin’s only if OIDC_ADMINS lists it', async () => {
  expect((await signIn({ sub: 'bo', email: 'bo@example.org', email_verified: true })).account).toMatchObject({
    name: 'Bo',
    role: 'editor',
    has_password: true,
    has_oidc: true,
  })
  expect(
    (await signIn({ sub: 'bo', email: 'moved@example.org', email_verified: true }, 'claims only in userinfo'))
      .account,
  ).toMatchObject({ name: 'Bo', email: 'bo@example.org' })

  const asAdmin = await signIn({ sub: 'not ada', email: 'ada@example.org', email_verified: true })
  expect([asAdmin.account, asAdmin.to.searchParams.get('error')]).toEqual([null, 'oidc_admin'])
})

test.describe('refused', () => {
  for (const [story, identity, fault, error] of [
    ['an unverified address', { ...new_, email_verified: false }, 'none', 'oidc_unverified'],
    [
      'an address without a verification claim',
      { sub: 'x', email: 'x@example.org' },
      'none',
      'oidc_unverified',
    ],
    ['another nonce', new_, 'wrong nonce', 'OAuthCallback'],
    ['a token signed by another issuer', new_, 'wrong signature', 'OAuthCallback'],
    ['a token for another client', new_, 'wrong audience', 'OAuthCallback'],
  ] as const) {
    test(story, async () => {
      const { to, account } = await signIn(identity, fault)

      expect([to.pathname, to.searchParams.get('error'), account]).toEqual(['/login', error, null])
    })
  }

  test('another state, an answer without the browser that started, and a reused answer are refused', async () => {
    issuer.signsIn(new_)
    const jar: Jar = new Map()
    const forged = await begin(jar)
    forged.searchParams.set('state', 'another')
    const stolen = await begin(new Map())
    const done: Jar = new Map()
    const used = await begin(done)
    await visit(new Map(done), used.href)

    for (const [cookies, back] of [
      [jar, forged],
      [new Map<string, string>(), stolen],
      [done, used],
    ] as const) {
      const { to, account } = await end(cookies, back)
      expect([to.searchParams.get('error'), account]).toEqual(['OAuthCallback', null])
    }
  })

  test('a disabled user is refused, and the session ends', async () => {
    const { jar, account } = await signIn({ sub: 'dee', email: 'dee@example.org', email_verified: true })
    const asAdmin = { cookie: product.admin, origin: product.url }
    await product.request('PATCH', `/api/users/${String(account?.['id'])}`, {
      headers: asAdmin,
      body: { is_disabled: true },
    })

    expect(
      (await product.request('GET', '/api/account', { headers: { cookie: cookieOf(jar) } })).status,
    ).toBe(401)
    expect(
      (await signIn({ sub: 'dee', email: 'dee@example.org', email_verified: true })).to.searchParams.get(
        'error',
      ),
    ).toBe('oidc_disabled')
    const { json } = await product.request('GET', '/api/audit?kind=logins&action=login%20refused', {
      headers: asAdmin,
    })
    expect((json['entries'] as { by: string; detail: string }[])[0]).toMatchObject({
      by: 'dee@example.org',
      detail: 'with OIDC: oidc_disabled',
    })
  })
})

test('an unreachable issuer is reported, and password login still works', async ({ page }) => {
  await issuer.goAway()
  const { login } = pagesOf(page, product)
  await login.open()
  await login.signInWith()

  await expect(login.failure).toContainText('cannot be reached')
  expect((await product.login('bo@example.org')).status).toBe(200)
})
