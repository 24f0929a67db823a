/**
 * A small OpenID Connect issuer on 127.0.0.1 for tests: discovery, signing keys, code flow with PKCE. The
 * test sets who signs in; the protocol is real, and a wrong verifier, secret or redirect address is
 * refused.
 */
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const CLIENT = { id: 'darkroom', secret: 'the secret of the client' }
const LIFETIME_SECONDS = 300

export type Identity = {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
}
/** The deliberate fault of the issuer, if any. */
type Fault = 'none' | 'wrong nonce' | 'wrong signature' | 'wrong audience' | 'claims only in userinfo'

export type OidcIssuer = AsyncDisposable & {
  readonly settings: Readonly<Record<'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET', string>>
  /** Sets who signs in from now on. */
  readonly signsIn: (identity: Identity, fault?: Fault) => void
  /** What the product sent with the last request for authorization. */
  readonly lastAuthorization: () => URLSearchParams
  readonly goAway: () => Promise<void>
}

type Grant = {
  readonly identity: Identity
  readonly fault: Fault
  readonly challenge: string
  readonly nonce: string
  readonly redirect: string
}

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { privateKey: foreignKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const grants = new Map<string, Grant>()
  let now: { identity: Identity; fault: Fault } = { identity: { sub: 'unknown' }, fault: 'none' }
  let last = new URLSearchParams()
  const server = createServer((request, response) => {
    void answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // listening on a port

  const jwtOf = (claims: object, fault: Fault): string => {
    const head = [{ alg: 'RS256', kid: 'one', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const key = fault === 'wrong signature' ? foreignKey : privateKey
    return `${head}.${sign('RSA-SHA256', Buffer.from(head), key).toString('base64url')}`
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          userinfo_endpoint: `${issuer}/userinfo`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
        })
      case '/keys':
        return json(200, {
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }],
        })
      case '/authorize': {
        last = url.searchParams
        if (last.get('client_id') !== CLIENT.id || last.get('code_challenge_method') !== 'S256')
          return json(400, { error: 'invalid_request' })
        const code = randomUUID()
        const redirect = last.get('redirect_uri') ?? ''
        grants.set(code, {
          ...now,
          challenge: last.get('code_challenge') ?? '',
          nonce: last.get('nonce') ?? '',
          redirect,
        })
        const back = new URL(redirect)
        back.searchParams.set('code', code)
        back.searchParams.set('state', last.get('state') ?? '')
        response.writeHead(302, { location: back.href }).end()
        return
      }
      case '/token': {
        const form = new URLSearchParams(await textOf(request))
        const grant = grants.get(form.get('code') ?? '')
        grants.delete(form.get('code') ?? '')
        const basic = Buffer.from(
          (request.headers.authorization ?? '').replace('Basic ', ''),
          'base64',
        ).toString()
        const isOurs =
          basic ===
          `${encodeURIComponent(CLIENT.id)}:${encodeURIComponent(CLIENT.secret).replaceAll('%20', '+')}`
        const isProven =
          grant !== undefined &&
          createHash('sha256')
            .update(form.get('code_verifier') ?? '')
            .digest('base64url') === grant.challenge
        if (!isOurs) return json(401, { error: 'invalid_client' })
        if (!isProven || grant.redirect !== form.get('redirect_uri'))
          return json(400, { error: 'invalid_grant' })
        const seconds = Math.floor(Date.now() / 1000)
        const { sub, ...claims } = grant.identity
        const token = {
          iss: issuer,
          sub,
          aud: grant.fault === 'wrong audience' ? 'another' : CLIENT.id,
          iat: seconds,
          exp: seconds + LIFETIME_SECONDS,
          nonce: grant.fault === 'wrong nonce' ? 'another' : grant.nonce,
          ...(grant.fault !== 'claims only in userinfo' && claims),
        }
        return json(200, {
          access_token: Buffer.from(JSON.stringify(grant.identity)).toString('base64url'),
          token_type: 'Bearer',
          expires_in: LIFETIME_SECONDS,
          id_token: jwtOf(token, grant.fault),
        })
      }
      case '/userinfo':
        return json(
          200,
          JSON.parse(
            Buffer.from((request.headers.authorization ?? '').replace('Bearer ', ''), 'base64url').toString(),
          ) as object,
        )
      default:
        return json(404, {})
    }
  }

  const goAway = async (): Promise<void> => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return {
    settings: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
    signsIn: (identity, fault = 'none') => {
      now = { identity, fault }
    },
    lastAuthorization: () => last,
    goAway,
    [Symbol.asyncDispose]: goAway,
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
