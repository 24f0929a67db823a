/** The address at which browsers see Darkroom, and from which pages they may send changes without a key. */
import { DarkroomError } from '#lib/domain/errors.ts'
import type { IncomingRequest } from './incoming.ts'

type Headers = Pick<IncomingRequest, 'header'>
type AddressSettings = {
  /** The configured public address, such as https://darkroom.example. */
  readonly origin: string | null
  /** Whether a proxy in front sets the X-Forwarded headers. */
  readonly trustProxy: boolean
}

/**
 * The configured address, otherwise the one to which this request was sent. Its host was checked when the request
 * arrived.
 */
export function originOf(request: Headers, { origin, trustProxy }: AddressSettings): string {
  const scheme = trustProxy && firstOf(request, 'x-forwarded-proto') === 'https' ? 'https' : 'http'
  return origin ?? `${scheme}://${hostOf(request, trustProxy) ?? 'localhost'}`
}

/**
 * For changes authorised by a session cookie: throws `foreign_origin` (403) for the page of another site, and without
 * an Origin header unless the browser says that the page is ours.
 */
export function requireOwnOrigin(request: Headers, settings: AddressSettings): void {
  const sent = request.header('origin')
  const isOwn =
    sent === null ? request.header('sec-fetch-site') === 'same-origin' : isOwnOrigin(sent, request, settings)
  if (!isOwn) throw foreignOrigin(sent)
}

/** For changes that OPEN_ACTIONS allows without a login: throws `foreign_origin` (403) for the page of a site that is
 *  not listed in CORS_ORIGINS. Scripts send no Origin header. */
export function requireAllowedOrigin(
  request: Headers,
  settings: AddressSettings & { readonly corsOrigins: readonly string[] },
): void {
  const sent = request.header('origin')
  if (sent !== null && !settings.corsOrigins.includes(sent) && !isOwnOrigin(sent, request, settings))
    throw foreignOrigin(sent)
}

/** Behind a proxy that ends TLS, we cannot know the scheme: hosts are compared. */
function isOwnOrigin(sent: string, request: Headers, { origin, trustProxy }: AddressSettings): boolean {
  if (origin !== null && sent === origin) return true
  const host = hostOf(request, trustProxy)
  return host !== null && URL.canParse(sent) && new URL(sent).host === host
}

const hostOf = (request: Headers, trustProxy: boolean): string | null =>
  (trustProxy ? firstOf(request, 'x-forwarded-host') : undefined) ?? request.header('host')

/** Each proxy on the way appends its value; the first is that of the browser. */
const firstOf = (request: Headers, name: string): string | undefined =>
  request.header(name)?.split(',')[0]?.trim()

const foreignOrigin = (sent: string | null): DarkroomError =>
  new DarkroomError('foreign_origin', {
    what: 'The request was refused',
    why:
      sent === null
        ? 'a change that uses a session cookie must have an Origin header'
        : `it comes from another origin, ${sent.slice(0, 200)}`,
    remedy: 'Use the pages of Darkroom, or an API key.',
  })
