/** Opens a download and follows its redirects, though not to hosts that only this machine can reach: an address of the
 *  internet must not make it request files from its own network. It stores nothing. */
import { once } from 'node:events'
import { lookup } from 'node:dns'
import type { IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http'
import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

const MOST_REDIRECTS = 5

export type DownloadAddress = {
  readonly url: string
  /** Whether the owner of this machine set it. Where such an address is on the owner's network, it may redirect
   *  anywhere. */
  readonly isOwners: boolean
}

/** @returns the first response that is no redirect, with its body unread.
 *  @throws Error where a redirect is not followed, with the reason. */
export async function openDownload(
  { url, isOwners }: DownloadAddress,
  headers: OutgoingHttpHeaders,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let place = new URL(url)
  let response = await responseOf(place, { headers, signal })
  const { remoteAddress } = response.socket
  const mayGoAnywhere = isOwners && remoteAddress !== undefined && !isPublicAddress(remoteAddress)
  for (let redirects = 1; ; redirects++) {
    const { statusCode = 0 } = response
    const to = response.headers.location
    if (![301, 302, 303, 307, 308].includes(statusCode) || to === undefined) return response
    response.destroy()
    if (redirects > MOST_REDIRECTS) throw new Error(`it redirects more than ${MOST_REDIRECTS} times`)
    const next = new URL(to, place)
    if (!mayGoAnywhere) requireSecure(next, place)
    place = next
    response = await responseOf(place, { headers, signal, ...(!mayGoAnywhere && { lookup: lookupPublic }) })
  }
}

async function responseOf(place: URL, options: RequestOptions): Promise<IncomingMessage> {
  if (place.protocol !== 'http:' && place.protocol !== 'https:')
    throw new Error(`the address ${place.protocol}… uses neither HTTP nor HTTPS`)
  // Not imported: an import of node:http loads undici, 6 MB in every process (lib/server/node-http.ts).
  const { get } = process.getBuiltinModule(place.protocol === 'https:' ? 'node:https' : 'node:http')
  const request = get(place, { agent: false, ...options })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  request.on('error', (error) => response.destroy(error)) // the connection may still fail while the body arrives
  return response
}

function requireSecure(next: URL, from: URL): void {
  // Of an IP address no name is looked up, so that it is checked here.
  const host = next.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new Error(notPublic(host))
  if (next.protocol !== 'https:' && next.origin !== from.origin)
    throw new Error(`it redirects to ${next.host} without encryption`)
}

/** As `lookup`, without the addresses that are not public: they are checked where they are used, because a name may
 *  have another address the next time it is looked up. */
const lookupPublic: NonNullable<RequestOptions['lookup']> = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const open = addresses.filter(({ address }) => isPublicAddress(address))
    const [first] = open
    if (!first) return callback(new Error(notPublic(hostname)), '')
    if (options.all) callback(null, open)
    else callback(null, first.address, first.family)
  })
}

const notPublic = (host: string): string => `it redirects to ${host}, which is not a public address`
