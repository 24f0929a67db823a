/**
 * The handler of /api/auth/*: next-auth with a password, a signed cookie, and a limit on guessing. auth.ts
 * knows who a person is and what they may do.
 */
import { randomUUID } from 'node:crypto'
import NextAuth from 'next-auth'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { NextRequest } from 'next/server'
import { DarkroomError, messageOf } from '#lib/domain/errors.ts'
import { waitWords, windowWords } from '#lib/domain/rate-limit.ts'
import { SESSION_SECONDS, type Auth } from './auth.ts'
import { deviceCookie, knownDevice } from './known-device.ts'
import { fieldsOf } from '#lib/domain/fields.ts'
import { OIDC, oidcProvider, type SignInResult } from './oidc.ts'
import type { Rate, RateLimitSubject } from './rate-state.ts'
import { sessionOf } from './session.ts'

/** A form with an address and a password is a few hundred bytes. */
const LARGEST_BODY_BYTES = 64 * 1024

type Program = {
  readonly auth: Pick<
    Auth,
    'login' | 'nameAt' | 'secret' | 'isLive' | 'logout' | 'rate' | 'undoCount' | 'oidc' | 'signIn'
  >
  readonly operations: {
    readonly noteChange: (change: {
      readonly by: string
      readonly byId?: string | null
      readonly action: string
      readonly subject: string | null
      readonly detail?: string
    }) => Promise<void>
  }
  readonly log: (
    level: 'info' | 'warn' | 'error',
    message: string,
    about?: Readonly<Record<string, unknown>>,
  ) => void
}
type Context = { readonly params: Promise<{ nextauth: string[] }> }
type Handler = (request: Request, context: Context) => Promise<Response>

const UNKNOWN = { kind: 'anonymous', id: null, name: null, scopes: [] } as const

/**
 * `program` is called at each request: the route file is loaded before the program is open. Throws a
 * DarkroomError for too many guesses.
 */
export function authRoute(program: () => Program): { readonly GET: Handler; readonly POST: Handler } {
  const answer: Handler = async (sent, context) => {
    const isLogin =
      sent.method === 'POST' && (await context.params).nextauth.join('/') === 'callback/credentials'
    const { request, body } = await bounded(sent)
    return isLogin
      ? loggingIn(program(), { request, context, account: accountIn(request, body) })
      : handlerOf(optionsOf(program(), addressOf(request.headers)))(request, context)
  }
  return { GET: answer, POST: answer }
}

type Attempt = { readonly request: Request; readonly context: Context; readonly account: string }

/**
 * Wrong passwords are limited for one account from one address, and for all accounts from there; from a
 * browser that the account knows, separately.
 */
async function loggingIn(program: Program, { request, context, account }: Attempt): Promise<Response> {
  const { auth } = program
  const address = addressOf(request.headers)
  const device = knownDevice(request.headers.get('cookie'), account, auth.secret())
  const one: RateLimitSubject = {
    caller: UNKNOWN,
    address: device === null ? address : `device:${device}`,
    account,
  }
  const all: RateLimitSubject = { caller: UNKNOWN, address }
  // Counted before the attempt, so that concurrent ones count too; a correct password does not count.
  if (device === null) refuseIfTooMany(request, await auth.rate('logins', all))
  const rate = await auth.rate('login', one)
  const giveBackAll = async (): Promise<void> => {
    if (device === null) await auth.undoCount('logins', all)
  }
  if (rate?.isAllowed === false) await giveBackAll()
  refuseIfTooMany(request, rate)
  let isRight = false
  const response = await handlerOf(
    optionsOf(program, address, async (tried) => {
      isRight = tried.isRight
      if (isRight) await Promise.all([auth.undoCount('login', one), giveBackAll()])
      await noteLogin(program, tried, address)
    }),
  )(request, context)
  if (isRight)
    response.headers.append(
      'set-cookie',
      deviceCookie(account, auth.secret(), request.url.startsWith('https:')),
    )
  return response
}

function refuseIfTooMany(request: Request, rate: Rate | null): void {
  if (rate && !rate.isAllowed) throw tooManyGuesses(request, rate)
}

/** As next-auth reads it: a form, or JSON. */
function accountIn(request: Request, body: Buffer): string {
  try {
    const isJson = request.headers.get('content-type')?.includes('application/json')
    const email: unknown = isJson
      ? fieldsOf(JSON.parse(body.toString('utf8')))['email']
      : new URLSearchParams(body.toString('utf8')).get('email')
    return typeof email === 'string' ? email : ''
  } catch {
    return '' // next-auth refuses it
  }
}

/** next-auth reads a body completely, whatever its size, so it gets one that was limited before. */
async function bounded(request: Request): Promise<{ readonly request: Request; readonly body: Buffer }> {
  if (request.body === null) return { request, body: Buffer.alloc(0) }
  if (Number(request.headers.get('content-length') ?? 0) > LARGEST_BODY_BYTES) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > LARGEST_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  return {
    request: new NextRequest(request.url, { method: request.method, headers: request.headers, body }),
    body,
  }
}

const tooLarge = (): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'The request is too large',
    why: `the limit for login requests is ${LARGEST_BODY_BYTES / 1024} kB`,
    remedy: 'Send only the email address and the password.',
  })

const handlerOf = (options: NextAuthOptions): Handler => inner(NextAuth)(options)

type LoginAttempt = { readonly email: string; readonly name: string | null; readonly isRight: boolean }

/** For the audit log. An unknown name is not stored: people type their password there by mistake. */
async function noteLogin(
  { auth, operations, log }: Program,
  { email, name, isRight }: LoginAttempt,
  address: string,
): Promise<void> {
  const by = name ?? (await auth.nameAt(email)) ?? 'unknown'
  await operations
    .noteChange({ by, action: isRight ? 'logged in' : 'login refused', subject: address })
    .catch((error: unknown) => log('error', 'A login could not be recorded', { error }))
}

async function noteSignIn(
  { operations, log }: Program,
  signed: SignInResult,
  address: string,
): Promise<void> {
  const record =
    signed.kind === 'in'
      ? {
          by: signed.person.name,
          byId: signed.person.id,
          action: 'logged in',
          subject: address,
          detail: `with OIDC: ${signed.event}`,
        }
      : {
          by: signed.email ?? 'unknown',
          action: 'login refused',
          subject: address,
          detail: `with OIDC: ${signed.reason}`,
        }
  await operations
    .noteChange(record)
    .catch((error: unknown) => log('error', 'A login could not be recorded', { error }))
}

function optionsOf(
  program: Program,
  address: string,
  onTried?: (tried: LoginAttempt) => Promise<void>,
): NextAuthOptions {
  const oidc = program.auth.oidc()
  return {
    secret: program.auth.secret(),
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    pages: { signIn: '/login', error: '/login' },
    providers: [
      inner(CredentialsProvider)({
        name: 'password',
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        async authorize(values) {
          const person =
            values?.email && values.password ? await program.auth.login(values.email, values.password) : null
          await onTried?.({
            email: values?.email ?? '',
            name: person?.name ?? null,
            isRight: person !== null,
          })
          return person
        },
      }),
      ...(oidc === null ? [] : [oidcProvider(oidc)]),
    ],
    callbacks: {
      /**
       * Returns true, or the address to redirect a refused person to. next-auth puts `user.id` into the
       * session.
       */
      async signIn({ user, account, profile }) {
        if (account?.provider !== OIDC) return true
        const signed = await program.auth.signIn(profile ?? {})
        await noteSignIn(program, signed, address)
        if (signed.kind === 'refused') return `/login?error=${signed.reason}`
        Object.assign(user, { id: signed.person.id, name: signed.person.name, email: signed.person.email })
        return true
      },
      /** `user` is there at the login alone; later calls would make the cookie last longer, and an ended
       *  session must not. */
      async jwt({ token, user }) {
        if (user as typeof user | undefined) return { ...token, session: randomUUID(), began: Date.now() }
        const session = sessionOf(token)
        if (!session || !(await program.auth.isLive(session))) throw new SessionIsOver()
        return token
      },
      session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
    },
    events: {
      async signOut({ token }) {
        const session = sessionOf(token)
        if (session) await program.auth.logout(session)
      },
    },
    logger: {
      error: (code, about) => {
        if (!isOver(about))
          program.log('error', `next-auth: ${code}`, {
            about: messageOf(about),
          })
      },
      warn: (code) => {
        if (code !== 'NEXTAUTH_URL') program.log('warn', `next-auth: ${code}`)
      },
      debug: () => undefined,
    },
  }
}

/** next-auth removes the cookie when its callback throws; that is not an error of ours. */
class SessionIsOver extends Error {}
const isOver = (about: unknown): boolean =>
  about instanceof SessionIsOver ||
  (typeof about === 'object' && about !== null && 'error' in about && about.error instanceof SessionIsOver)

/** next-auth is CommonJS: Node hands its exports over whole, bundlers unwrap `default`. */
function inner<T>(imported: T): T {
  return typeof imported === 'object' && imported !== null && 'default' in imported
    ? (imported.default as T)
    : imported
}

/** Who connects: Next puts the peer's address there; the server removes such headers from external requests unless
 *  TRUST_PROXY. The last is our proxy's own word. */
const addressOf = (headers: Headers): string =>
  headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'unknown'

/** With the address that next-auth's own client reads an error from. */
function tooManyGuesses(request: Request, { limit, resetSeconds, windowSeconds }: Rate): DarkroomError {
  return new DarkroomError(
    'rate_limited',
    {
      what: 'Too many failed login attempts',
      why: `at most ${limit} are allowed in ${windowWords(windowSeconds)}`,
      remedy: `Try again in ${waitWords(resetSeconds)}.`,
    },
    {
      retryAfterSeconds: resetSeconds,
      members: {
        limit,
        remaining: 0,
        reset_seconds: resetSeconds,
        window_seconds: windowSeconds,
        url: new URL('/login?error=rate_limited', `http://${request.headers.get('host') ?? 'localhost'}`)
          .href,
      },
    },
  )
}
