/**
 * A separate product for tests that call the API: started with the settings that a test needs, with an
 * admin, an editor and keys. Tests that change nothing share a product instead (reading-product.ts).
 */
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { startThrowawayProduct, type ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'

/** The admin of a product that `setUp` prepared. */
export const ADMIN = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' }
/** The classifier that `train` creates. */
export const CLASSIFIER = 'twins'
const PER_CLASS = 60

export type FreshProduct = ThrowawayProduct

/**
 * Without an admin, with the default log level. Where `npm test -- e2e` started the test, some images of
 * `shapes` are there already (lib/processes/throwaway/drawn-data.ts); else the product draws all of them.
 */
export const startFreshProduct = (settings: Readonly<Record<string, string>> = {}): Promise<FreshProduct> =>
  startThrowawayProduct({ LOG_LEVEL: 'info', ...settings }, { copyOf: process.env['DARKROOM_DRAWN_DATA'] })

/** The same on an empty folder: the product draws all images of `shapes` after the start. */
export const startEmptyProduct = (settings: Readonly<Record<string, string>> = {}): Promise<FreshProduct> =>
  startThrowawayProduct({ LOG_LEVEL: 'info', ...settings })

export type ApiResponse = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

export type ProductSession = {
  readonly url: string
  /** Cookies of the admin and of an editor. */
  readonly admin: string
  readonly user: string
  /** Creates a user of this role and logs them in. */
  readonly addUser: (role: 'viewer' | 'editor' | 'admin') => Promise<string>
  readonly key: (...scopes: string[]) => Promise<string>
  readonly request: (
    method: string,
    path: string,
    how?: {
      readonly body?: BodyInit | object | undefined
      readonly headers?: Readonly<Record<string, string>> | undefined
    },
  ) => Promise<ApiResponse>
  /** `cookie`: the cookies that the browser already has. */
  readonly login: (
    email: string,
    password?: string,
    cookie?: string,
  ) => Promise<{ readonly status: number; readonly cookie: string; readonly url: string }>
}

export type OwnProduct = AsyncDisposable &
  ProductSession & {
    readonly dataDir: string
    readonly log: () => string
  }

export async function startOwnProduct(settings: Readonly<Record<string, string>> = {}): Promise<OwnProduct> {
  const app = await startFreshProduct({ DEFAULT_CLASSIFIER: CLASSIFIER, PREDICT_PROCESSES: '1', ...settings })
  await setUp(app.url, /token=(\S+)/.exec(app.output())?.[1] ?? '')
  return {
    ...(await openSession(app.url)),
    dataDir: app.dataDir,
    log: app.output,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

/** Creates the admin with the token of the first start, and an editor. */
export async function setUp(url: string, token: string): Promise<void> {
  const request = requester(url)
  await request('POST', '/api/setup', {
    body: { token, ...ADMIN },
  })
  const { cookie } = await loginAt(url)(ADMIN.email)
  await request('POST', '/api/users', {
    headers: { cookie, origin: url },
    body: { name: 'Bo', email: 'bo@example.org', password: ADMIN.password },
  })
}

/** Logs the admin and the editor in to a product that was set up. */
export async function openSession(url: string): Promise<ProductSession> {
  const request = requester(url)
  const login = loginAt(url)
  const { cookie: admin } = await login(ADMIN.email)
  const { cookie: user } = await login('bo@example.org')
  const asAdmin = { cookie: admin, origin: url }
  return {
    url,
    admin,
    user,
    request,
    login,
    addUser: async (role) => {
      await request('POST', '/api/users', {
        headers: asAdmin,
        body: { name: role, email: `${role}@example.org`, password: ADMIN.password, role },
      })
      return (await login(`${role}@example.org`)).cookie
    },
    key: async (...scopes) => {
      const { json } = await request('POST', '/api/keys', {
        headers: asAdmin,
        body: { name: scopes.join(' and '), scopes },
      })
      return String(json['key'])
    },
  }
}

/** The cookies of a browser context from a `cookie` header. */
export const browserCookies = (cookie: string, url: string) =>
  cookie.split('; ').map((pair) => ({
    name: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
    url,
  }))

/** Two classes that a few steps can separate, uploaded as a ZIP and trained for one epoch. */
export async function train(product: OwnProduct, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}` }
  const entries = (['star', 'ring'] as const).flatMap((shape) =>
    Array.from({ length: PER_CLASS }, (_, i) => ({
      name: `${shape}/${i}.png`,
      content: encodePng(drawShape(shape, i)),
    })),
  )
  const form = new FormData()
  form.append('files', new Blob([new Uint8Array(zipFile(entries))]), 'twins.zip')
  const uploaded = await product.request('POST', `/api/upload?classifier=${CLASSIFIER}&create=true`, {
    headers,
    body: form,
  })
  if (uploaded.json['count'] !== 2 * PER_CLASS)
    throw new Error(`the images were not uploaded: ${uploaded.text}`)
  const trained = await product.request('POST', '/retrain?wait=true', { headers, body: { epochs: 1 } })
  if (trained.status !== 200) throw new Error(`nothing was trained: ${trained.text}`)
}

const requester =
  (url: string): OwnProduct['request'] =>
  async (method, path, { body, headers } = {}) => {
    const isPlain = typeof body === 'object' && Object.getPrototypeOf(body) === Object.prototype
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(isPlain && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isPlain ? JSON.stringify(body) : (body as BodyInit) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parsed(text) }
  }

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** As next-auth's own form does it. */
const loginAt =
  (url: string): OwnProduct['login'] =>
  async (email, password = ADMIN.password, cookie) => {
    const first = await fetch(`${url}/api/auth/csrf`)
    const { csrfToken } = (await first.json()) as { csrfToken: string }
    const cookies = first.headers.getSetCookie().map(plain)
    const answer = await fetch(`${url}/api/auth/callback/credentials`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        cookie: [...cookies, ...(cookie ? [cookie] : [])].join('; '),
      },
      body: new URLSearchParams({
        csrfToken,
        email,
        password,
        json: 'true',
        callbackUrl: 'https://elsewhere.example/steal',
      }),
    })
    const response = (await answer.json()) as { url?: string }
    return {
      status: answer.status,
      cookie: [...cookies, ...answer.headers.getSetCookie().map(plain)].join('; '),
      url: String(response.url),
    }
  }

const plain = (cookie: string): string => cookie.split(';')[0]!
