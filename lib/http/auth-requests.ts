/**
 * Filters requests before they reach next-auth, which answers unknown ones with a plain 400, or with a 500
 * as if the mistake were ours. lib/auth decides who may log in.
 */
import { DarkroomError } from '#lib/domain/errors.ts'
import { invalidInput } from './known-fields.ts'
import { methodNotSupported, noRoute } from './no-route.ts'

type Context = { readonly params: Promise<{ nextauth: string[] }> }
type Route<R extends Request> = (request: R, context: Context) => Promise<Response>

/** By the first step of the address. `_log` is omitted: anonymous clients could write into the log. */
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['csrf', ['GET']],
  ['providers', ['GET']],
  ['error', ['GET']],
  ['verify-request', ['GET']],
  ['session', ['GET', 'POST']],
  ['signin', ['GET', 'POST']],
  ['signout', ['GET', 'POST']],
  ['callback', ['GET', 'POST']],
])
/** A password is accepted only in a body. */
const OF_PASSWORDS = ['POST']
/** next-auth's own cookies; the second where the address is https. */
const CALLBACK_COOKIES = ['next-auth.callback-url', '__Secure-next-auth.callback-url'] as const

export function checkedAuth<R extends Request>(route: Route<R>): Route<R> {
  return async (request, context) => {
    const steps = (await context.params).nextauth
    const { pathname, searchParams } = new URL(request.url)
    const methods = steps.join('/') === 'callback/credentials' ? OF_PASSWORDS : METHODS.get(steps[0] ?? '')
    if (!methods) throw noRoute(pathname)
    if (!methods.includes(request.method === 'HEAD' ? 'GET' : request.method))
      throw wrongMethod(pathname, request.method, methods)
    const callback = searchParams.get('callbackUrl')
    if (callback !== null && !isAddress(callback))
      throw invalidInput([{ path: 'callbackUrl', message: 'must be a path or a URL of this server' }])
    if (cookiesOf(request).some((value) => !isAddress(value))) throw brokenCookie()
    const response = await route(request, context)
    const isPlain = response.status === 400 && response.headers.get('content-type')?.includes('json') !== true
    if (isPlain) throw noRoute(pathname)
    return response
  }
}

const isAddress = (text: string): boolean =>
  text.startsWith('/') || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))

function cookiesOf(request: Request): readonly string[] {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return CALLBACK_COOKIES.flatMap((name) =>
    pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => decoded(pair.slice(name.length + 1))),
  ).filter((value) => value !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function wrongMethod(path: string, method: string, methods: readonly string[]): DarkroomError {
  const allow = [...methods.flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one])), 'OPTIONS'].join(', ')
  return methodNotSupported(path, method, allow)
}

const brokenCookie = (): DarkroomError =>
  new DarkroomError('malformed', {
    what: 'The request cannot be read',
    why: 'the cookie with the page to open after the login is malformed',
    remedy: 'Delete the cookies of this site and log in again.',
  })
