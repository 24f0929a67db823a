/**
 * Attacks on a separate product, each of which must fail. lib/auth measures the timing of logins, where
 * nothing else is timed. Longer than 300 lines because one product, started once, serves the whole list.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { ADMIN, browserCookies, CLASSIFIER, startOwnProduct, train, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'

const MIB = 1024 ** 2
const HTML = '<img src=x onerror="window.attacked=1">'
const png = (seed: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(encodePng(drawShape('star', 7_000 + seed)))

const pagesOfClassifier = (id: string): readonly string[] =>
  ['', '/predict', '/images/add', '/images/insights', '/train', '/versions', '/history', '/traffic'].map(
    (section) => `/classifiers/${id}${section}`,
  )

let product: OwnProduct
let key: string
const asKey = () => ({ authorization: `Bearer ${key}` })
const asAdmin = () => ({ cookie: product.admin, origin: product.url })

test.beforeAll(async () => {
  test.setTimeout(300_000)
  product = await startOwnProduct({ RATE_LIMIT_LOGIN: '5', LOG_LEVEL: 'debug' })
  key = await product.key('upload', 'train')
  await train(product, key)
})
test.afterAll(async () => {
  await product[Symbol.asyncDispose]()
})

test('1 · a stolen cookie is worthless after the logout, and cannot be refreshed', async () => {
  const { cookie } = await product.login('bo@example.org')
  expect((await product.request('GET', '/api/predictions', { headers: { cookie } })).status).toBe(200)
  const csrf = await product.request('GET', '/api/auth/csrf', { headers: { cookie } })

  await product.request('POST', '/api/auth/signout', {
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ csrfToken: String(csrf.json['csrfToken']), json: 'true' }),
  })

  expect((await product.request('GET', '/api/predictions', { headers: { cookie } })).status).toBe(401)
  expect((await product.request('GET', '/api/auth/session', { headers: { cookie } })).json).toEqual({})
  expect(
    (await product.request('GET', '/api/predictions', { headers: { cookie: product.user } })).status,
  ).toBe(200)
})

test('2 · a page of another site changes nothing with the admin’s cookie', async () => {
  for (const origin of ['https://elsewhere.example', 'null', `${product.url}.elsewhere.example`]) {
    const response = await product.request('POST', '/api/keys', {
      headers: { cookie: product.admin, origin },
      body: { name: 'stolen', scopes: ['admin'] },
    })
    expect([response.status, response.json['code']]).toEqual([403, 'foreign_origin'])
  }
  for (const address of ['/retrain', '/upload', '/api/models/rollback'])
    expect(
      (
        await product.request('POST', address, {
          headers: { cookie: product.admin, origin: 'https://elsewhere.example' },
        })
      ).status,
    ).toBe(403)
  expect((await product.request('GET', '/api/keys', { headers: asAdmin() })).text).not.toContain('stolen')
})

test('3 · paths in ids, names and ZIPs cannot leave their folder', async () => {
  for (const address of [
    '/api/predictions/..%2f..%2fdarkroom.db/image',
    '/api/samples/%2e%2e%2f%2e%2e%2fsession-secret/image',
    '/api/models/..%5c..%5cx/download',
    '/api/classifiers/..%2f..',
  ]) {
    expect((await product.request('GET', address, { headers: asAdmin() })).status, address).toBe(404)
  }
  const form = new FormData()
  form.append('label', 'star')
  form.append('files', new Blob([png(1)]), '../../../outside.png')
  form.append(
    'files',
    new Blob([
      new Uint8Array(
        zipFile([
          { name: '../../../outside.png', content: png(2) },
          { name: '..\\..\\outside.png', content: png(3) },
          { name: 'star/in.png', content: png(4) },
        ]),
      ),
    ]),
    'a.zip',
  )
  await product.request('POST', '/api/upload', { headers: asKey(), body: form })

  const found = readdirSync(path.dirname(product.dataDir))
    .concat(readdirSync(product.dataDir))
    .filter((name) => name.includes('outside'))
  expect(found).toEqual([])
})

test('4 · SQL in filters is treated as text', async () => {
  const all = Number(
    (await product.request('GET', '/api/samples?limit=1', { headers: asKey() })).json['total'],
  )
  for (const query of [
    "label=' OR 1=1 --",
    "label=star'; DROP TABLE Sample; --",
    'label=%25',
    "cursor=' OR 1=1 --",
  ]) {
    const response = await product.request('GET', `/api/samples?limit=500&${query}`, { headers: asKey() })
    expectNothing(response, 'samples', query)
  }
  for (const query of [
    "class=' OR 1=1 --",
    'class=x"; DELETE FROM Prediction; --',
    "version=v1' OR '1'='1",
  ]) {
    const response = await product.request('GET', `/api/predictions?${query}`, { headers: asKey() })
    expectNothing(response, 'predictions', query)
  }
  expect(
    Number((await product.request('GET', '/api/samples?limit=1', { headers: asKey() })).json['total']),
  ).toBe(all)
})

test('5 · HTML in labels and file names is shown as text on every page', async ({ page, context }) => {
  const form = new FormData()
  form.append('label', HTML)
  for (const seed of [10, 11, 12]) form.append('files', new Blob([png(seed)]), `${HTML}${seed}.png`)
  expect((await product.request('POST', '/api/upload', { headers: asKey(), body: form })).json['count']).toBe(
    3,
  )
  const request = new FormData()
  request.append('file', new Blob([png(13)]), `${HTML}.png`)
  await product.request('POST', '/api/predict', { body: request })
  expect(
    (
      await product.request('POST', '/api/keys', {
        headers: asAdmin(),
        body: { name: HTML, scopes: ['predict'] },
      })
    ).status,
  ).toBe(201)
  expect(
    (
      await product.request('POST', '/api/users', {
        headers: asAdmin(),
        body: { name: HTML, email: 'html@example.org', password: ADMIN.password },
      })
    ).status,
  ).toBe(201)
  await context.addCookies(browserCookies(product.admin, product.url))
  const { frame } = pagesOf(page, product)
  const wrong = exceptionsOf(page)
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`${page.url()}: ${message.text()}`)
  })

  for (const address of ['/', ...pagesOfClassifier(CLASSIFIER), '/monitoring', '/settings', '/docs']) {
    await frame.open(address)
    await expect(frame.heading.first()).toBeVisible()
    expect(await page.evaluate(() => (window as { attacked?: number }).attacked), address).toBeUndefined()
    expect(await frame.injected.count(), address).toBe(0)
  }
  expect(wrong).toEqual([])
})

test('6 · oversized JSON is refused before it is read, however its size is declared', async () => {
  const large = `{"name":"${'x'.repeat(3 * MIB)}"}`
  for (const [method, address] of [
    ['POST', '/api/keys'],
    ['POST', '/api/users'],
    ['PATCH', '/api/settings'],
    ['POST', '/retrain'],
    ['POST', '/api/setup'],
  ] as const) {
    const response = await product.request(method, address, {
      headers: { ...asAdmin(), 'content-type': 'application/json' },
      body: large,
    })
    expect([response.status, response.json['code']], address).toEqual([413, 'too_large'])
  }
  const login = await product.request('POST', '/api/auth/callback/credentials', {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `email=${'x'.repeat(3 * MIB)}`,
  })
  expect([login.status, login.json['code']]).toEqual([413, 'too_large'])
  expect(
    (
      await product.request('POST', '/api/retrain', {
        headers: { ...asAdmin(), 'content-type': 'application/json' },
        body: `{"a":${'['.repeat(100_000)}`,
      })
    ).status,
  ).toBe(400)
})

test('7 · line breaks in names and addresses do not create headers', async () => {
  const form = new FormData()
  form.append('file', new Blob([png(20)]), 'a\r\nset-cookie: attacked=1\r\n.png')
  const response = await product.request('POST', '/predict', { headers: { accept: 'text/html' }, body: form })
  expect(response.status).toBe(303)
  expect(response.headers.get('set-cookie')).toBeNull()

  const raw = await rawly(
    product.url,
    'GET /visualizations?classifier=x%0d%0aset-cookie:%20attacked=1 HTTP/1.1',
  )
  expect(raw).toMatch(/^HTTP\/1.1 308/)
  expect(raw.toLowerCase()).not.toContain('\nset-cookie: attacked')
})

test('8 · keys, passwords and cookies never appear in the log, the database or the audit log', async () => {
  await product.request('GET', `/api/keys?key=${key}`, { headers: asKey() })
  await product.request('POST', '/api/predict', { headers: asKey(), body: 'not an image' })

  const changes = await product.request('GET', '/api/audit?limit=500', { headers: asAdmin() })
  const session = /session-token=([^;]+)/.exec(product.admin)![1]!
  const files = readdirSync(product.dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(log|db|db-wal)$/.test(name),
  )
  expect(files.length).toBeGreaterThan(1)
  for (const stored of [
    product.log(),
    changes.text,
    ...files.map((name) => readFileSync(path.join(product.dataDir, name), 'latin1')),
  ]) {
    for (const secret of [key, ADMIN.password, session]) expect(stored.includes(secret)).toBe(false)
  }
})

test('9 · redirects never leave the site', async () => {
  const { url } = await product.login('bo@example.org')
  expect(new URL(url).origin).toBe(product.url) // the request named https://elsewhere.example/steal

  for (const next of [
    '//elsewhere.example',
    'https://elsewhere.example',
    '/\\elsewhere.example',
    '/%5celsewhere.example',
    'javascript:alert(1)',
  ]) {
    const response = await product.request('GET', `/login?next=${encodeURIComponent(next)}`, {
      headers: { cookie: product.user },
    })
    const to = response.headers.get('location') ?? /url=([^"]+)"/.exec(response.text)?.[1] ?? '/'
    expect(new URL(to, product.url).origin, next).toBe(product.url)
  }
  for (const target of ['//elsewhere.example/visualizations', 'http://elsewhere.example/visualizations']) {
    const raw = await rawly(product.url, `GET ${target} HTTP/1.1`)
    expect(new URL(/^location: (.*)$/im.exec(raw)?.[1]?.trim() ?? '/', product.url).origin, target).toBe(
      product.url,
    )
  }
})

test('10 · password guesses are slowed down, and the correct password is refused meanwhile', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => product.login('ada@example.org', 'wrong horse battery')),
  )
  const late = await product.login('ada@example.org')

  const tried = answers.filter(({ status }) => status === 401).length
  expect(tried).toBeGreaterThan(0)
  expect(tried).toBeLessThanOrEqual(5)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(8 - tried)
  expect(late.status).toBe(429)
  expect((await product.request('GET', '/api/users', { headers: asAdmin() })).status).toBe(200) // the session continues

  await product.login('unknown@example.org', 'my secret by mistake')
  const { json } = await product.request('GET', '/api/audit?limit=500', { headers: asAdmin() })
  const logins = (json['entries'] as { by: string; action: string; subject: string | null }[]).filter(
    ({ action }) => action.startsWith('log'),
  )
  expect(logins.some((one) => one.by === 'Ada' && one.action === 'logged in' && one.subject !== null)).toBe(
    true,
  )
  expect(logins.filter((one) => one.by === 'Ada' && one.action === 'login refused').length).toBe(
    answers.filter(({ status }) => status === 401).length,
  )
})

test('11 · wrong passwords from a shared address do not lock out a user who logged in before', async () => {
  const { cookie } = await product.login('bo@example.org')
  const device = /darkroom-device=[^;]+/.exec(cookie)![0]
  await Promise.all(Array.from({ length: 8 }, () => product.login('bo@example.org', 'wrong horse battery')))
  expect((await product.login('bo@example.org')).status).toBe(429)

  const { status } = await product.login('bo@example.org', undefined, device)

  expect(status).toBe(200)
})

const ODD = ['constructor', '__proto__'] as const

test('12 · classes named after members of every object are uploaded, trained, predicted and shown', async ({
  page,
  context,
}) => {
  test.setTimeout(120_000)
  const entries = ODD.flatMap((name, k) =>
    Array.from({ length: 40 }, (_, i) => ({
      name: `${name}/${i}.png`,
      content: encodePng(drawShape(k === 0 ? 'star' : 'ring', 9_000 + i)),
    })),
  )
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(zipFile(entries))]), 'odd.zip')
  const uploaded = await product.request('POST', '/api/upload?classifier=odd&create=true', {
    headers: asKey(),
    body: form,
  })
  expect(uploaded.json['count'], uploaded.text).toBe(80)
  const trained = await product.request('POST', '/retrain?wait=true&epochs=1', {
    headers: asKey(),
    body: { classifier: 'odd' },
  })
  expect(trained.status, trained.text).toBe(200)

  const predicted = await product.request('POST', '/api/predict?classifier=odd', {
    headers: { 'content-type': 'image/png' },
    body: png(50),
  })
  expect(predicted.text).toMatch(/"probabilities":\{[^}]*"__proto__":/)
  expect(predicted.text).toMatch(/"probabilities":\{[^}]*"constructor":/)
  for (const label of ODD) {
    const response = await product.request(
      'POST',
      `/api/predictions/${String(predicted.json['id'])}/feedback`,
      {
        headers: asKey(),
        body: { correct: label === predicted.json['predicted_class'], label },
      },
    )
    expect([response.status, response.json['label']], response.text).toEqual([200, label])
  }
  const counted = await product.request('GET', '/api/statistics?classifier=odd')
  expect(counted.status).toBe(200)
  expect(counted.text).toContain(String(predicted.json['predicted_class']))
  expect((await product.request('GET', '/api/classes?classifier=odd')).json['classes']).toEqual(
    expect.arrayContaining([...ODD]),
  )
  for (const label of ODD) {
    expect(
      Number(
        (await product.request('GET', `/api/samples?classifier=odd&label=${label}`, { headers: asKey() }))
          .json['total'],
      ),
    ).toBeGreaterThanOrEqual(40)
    expect(
      (await product.request('GET', `/api/predictions?classifier=odd&class=${label}`, { headers: asKey() }))
        .status,
    ).toBe(200)
  }

  await context.addCookies(browserCookies(product.admin, product.url))
  const { frame } = pagesOf(page, product)
  const wrong = exceptionsOf(page)
  for (const address of [
    ...pagesOfClassifier('odd'),
    `/classifiers/odd/predict?result=${String(predicted.json['id'])}`,
  ]) {
    const answer = await frame.open(address)
    expect(answer?.status(), address).toBe(200)
    await expect(frame.heading.first()).toBeVisible()
  }
  for (const label of ODD) await expect(frame.text(label)).toBeVisible()
  expect(wrong).toEqual([])
})

test('13 · every response has the security headers', async () => {
  const { hostname, host } = new URL(product.url)
  const asset = /\/_next\/static\/[^"']+\.(?:js|css)/.exec((await product.request('GET', '/login')).text)![0]
  const tag = (await product.request('GET', asset)).headers.get('etag')
  const answers = await Promise.all([
    rawly(product.url, 'GET / HTTP/1.1'),
    rawly(product.url, 'GET /login HTTP/1.1'),
    rawly(product.url, 'GET /nowhere HTTP/1.1'),
    rawly(product.url, 'GET /nowhere.png HTTP/1.1'),
    rawly(product.url, `GET ${asset} HTTP/1.1`),
    rawly(product.url, `GET ${asset} HTTP/1.1\r\nif-none-match: ${tag}`),
    rawly(product.url, 'GET /_next/static/nowhere.js HTTP/1.1'),
    rawly(product.url, 'GET /api/health HTTP/1.1'),
    rawly(product.url, 'GET /api/classifiers HTTP/1.1'),
    rawly(product.url, 'GET /api/keys HTTP/1.1'),
    rawly(product.url, 'GET /api/nowhere HTTP/1.1'),
    rawly(product.url, 'GET /api/auth/csrf HTTP/1.1'),
    rawly(product.url, 'GET /api/auth/signin HTTP/1.1'),
    rawly(product.url, 'PUT /api/auth/session HTTP/1.1'),
    rawly(product.url, 'GET /visualizations HTTP/1.1'),
    rawly(product.url, 'BREW / HTTP/1.1'),
    rawly(product.url, 'OPTIONS * HTTP/1.1'),
    rawly(product.url, 'GET / HTTP/1.1\r\nhost: a'),
    rawly(product.url, 'no request at all'),
  ])
  expect(answers[5]).toMatch(/^HTTP\/1\.1 304/)
  for (const answer of answers) {
    const head = answer.slice(0, answer.indexOf('\r\n\r\n')).toLowerCase()
    for (const header of [
      'x-content-type-options: nosniff',
      'x-frame-options: deny',
      'referrer-policy: same-origin',
      'permissions-policy: ',
      'cross-origin-opener-policy: same-origin',
    ])
      expect(head, answer.slice(0, 60)).toContain(header)
  }

  expect(await rawly(product.url, 'GET / HTTP/1.1', 'evil.example')).toMatch(/^HTTP\/1\.1 421/)
  expect(
    await rawly(product.url, 'GET /api/auth/signin HTTP/1.1', `evil.example:${new URL(product.url).port}`),
  ).toMatch(/^HTTP\/1\.1 421/)
  for (const name of [host, `localhost:${new URL(product.url).port}`, hostname])
    expect(await rawly(product.url, 'GET /api/health/live HTTP/1.1', name)).toMatch(/^HTTP\/1\.1 200/)
})

/** Rejected as an invalid value, or treated as a text without matches. */
function expectNothing(
  response: Awaited<ReturnType<OwnProduct['request']>>,
  list: string,
  query: string,
): void {
  if (response.status === 200) expect(response.json[list], query).toEqual([])
  else expect([400, 404, 422], `${query}: ${response.text}`).toContain(response.status)
}

/** Sends a request line that no library would send. */
function rawly(url: string, line: string, as?: string): Promise<string> {
  const { hostname, port, host } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`${line}\r\nhost: ${as ?? host}\r\nconnection: close\r\n\r\n`),
    )
    let output = ''
    socket.on('data', (chunk) => {
      output += chunk.toString('latin1')
    })
    socket.on('end', () => resolve(output))
    socket.on('error', reject)
  })
}

/** Collects the exceptions that scripts of the page throw from now on. */
function exceptionsOf(page: Page): string[] {
  const exceptions: string[] = []
  page.on('pageerror', (error) => exceptions.push(`${page.url()}: ${error.message}`))
  return exceptions
}
