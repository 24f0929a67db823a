/** What stands behind /api/auth/*: next-auth with a password, a signed cookie, and a limit to guessing. Who a person is and what they may is auth.ts'. */
import NextAuth from 'next-auth'
import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import type { Auth } from './auth.ts'
import { createThrottle } from './throttle.ts'

const SESSION_SECONDS = 7 * 24 * 3600

type Program = {
  readonly auth: Pick<Auth, 'login' | 'secret'>
  readonly log: (level: 'info' | 'warn' | 'error', message: string, about?: Readonly<Record<string, unknown>>) => void
}
type Context = { readonly params: Promise<{ nextauth: string[] }> }
type Handler = (request: Request, context: Context) => Promise<Response>

/** `program` is asked at each request: the route file is loaded before the program is open. */
export function authRoute(program: () => Program): { readonly GET: Handler; readonly POST: Handler } {
  const throttle = createThrottle(() => Date.now())
  const answer: Handler = async (request, context) => {
    const isLogin = request.method === 'POST' && (await context.params).nextauth.join('/') === 'callback/credentials'
    if (!isLogin) return handlerOf(optionsOf(program()))(request, context)
    const address = addressOf(request.headers)
    const seconds = throttle.secondsToWait(address)
    if (seconds > 0) return tooOften(request, seconds)
    return handlerOf(optionsOf(program(), () => throttle.failed(address)))(request, context)
  }
  return { GET: answer, POST: answer }
}

const handlerOf = (options: NextAuthOptions): Handler => inner(NextAuth)(options)

function optionsOf(program: Program, onFailure: () => void = () => undefined): NextAuthOptions {
  return {
    secret: program.auth.secret(),
    session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
    pages: { signIn: '/login', error: '/login' },
    providers: [
      inner(CredentialsProvider)({
        name: 'password',
        credentials: { email: { type: 'email' }, password: { type: 'password' } },
        async authorize(given) {
          const person = given?.email && given.password ? await program.auth.login(given.email, given.password) : null
          if (!person) onFailure()
          return person
        },
      }),
    ],
    callbacks: {
      session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
    },
    logger: {
      error: (code, about) => program.log('error', `next-auth: ${code}`, { about: about instanceof Error ? about.message : String(about) }),
      warn: (code) => { if (code !== 'NEXTAUTH_URL') program.log('warn', `next-auth: ${code}`) },
      debug: () => undefined,
    },
  }
}

/** next-auth is CommonJS: Node hands its exports over whole, bundlers unwrap `default`. */
function inner<T>(imported: T): T {
  return typeof imported === 'object' && imported !== null && 'default' in imported ? (imported.default as T) : imported
}

/** Who connects: Next puts the peer's address there; the server takes such headers away from strangers unless TRUST_PROXY. */
const addressOf = (headers: Headers): string => headers.get('x-forwarded-for')?.split(',')[0]?.trim() || 'unknown'

/** With the address that next-auth's own client reads an error from. */
function tooOften(request: Request, seconds: number): Response {
  const detail = `Logging in failed too often from here. Try again in ${seconds} seconds.`
  const problem = { success: false, type: 'about:blank', title: 'Too many attempts', status: 429, detail, error: detail, code: 'rate_limited', url: new URL('/login?error=rate_limited', request.url).href }
  return Response.json(problem, { status: 429, headers: { 'content-type': 'application/problem+json', 'retry-after': String(seconds) } })
}
