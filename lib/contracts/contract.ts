/** What one route promises: method, path, who may, what goes in, what comes out, how it can fail. It does
 *  nothing by itself: lib/http turns it into validation and documentation, lib/contracts/client into a typed
 *  call. */
import type { z } from 'zod'
import type { ErrorCode } from '#lib/domain/errors.ts'

/** Who may call a route. `open`: everybody · `predict`: everybody while PUBLIC_PREDICT, else any login or key
 *  · `view`: read what is stored ·
 *  `feedback`: correct predictions · `upload` · `train`: train, promote, roll back · `edit`: labels,
 *  classifiers, trash and restore ·
 *  `admin`: people, keys, settings, and deleting for good · `account`: a person's own account, never a key.
 *  Which role and which key has which stands in lib/auth/rights.ts. */
export const SCOPES = [
  'open',
  'predict',
  'view',
  'feedback',
  'upload',
  'train',
  'edit',
  'admin',
  'account',
] as const
export type Scope = (typeof SCOPES)[number]

/** What is counted together when somebody asks too often (RATE_LIMIT_*). Logging in is counted behind
 *  next-auth's own address: for one account, and for all. */
export const LIMITED = ['predict', 'batch', 'upload', 'retrain', 'evaluate', 'login', 'logins'] as const
export type RateLimitName = (typeof LIMITED)[number]

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** How the body arrives. `picture`: multipart `file` or `image`, raw `image/*`, or JSON with a data-URL.
 *  `parts`: multipart, streamed. */
export type Body = 'none' | 'json' | 'picture' | 'parts'

/** What is answered. `events`: server-sent events, each of the output type. `file`: bytes to download or
 *  show. */
export type Answer = 'json' | 'events' | 'file'

export type Contract = {
  readonly method: Method
  /** With `{name}` for parameters; these, the query and the JSON body together are the input. */
  readonly path: `/api/${string}`
  readonly scope: Scope
  readonly summary: string
  readonly body: Body
  readonly answer: Answer
  readonly input: z.ZodType
  /** Texts that a streamed form may hold next to its files; those of `picture` are fields of the input. */
  readonly formFields: readonly string[]
  /** Names that mean nothing here and are let through, because the scripts and forms of earlier projects send
   *  them. Every other unknown name is refused. */
  readonly passesOver: readonly string[]
  readonly output: z.ZodType
  readonly status: 200 | 201 | 202
  /** Where the status depends on the answer: an upload that goes on behind it is 202. */
  readonly statusOf?: (output: unknown) => 200 | 202
  readonly errors: readonly ErrorCode[]
  /** What it is counted with; null: it may be asked without end. */
  readonly limited: RateLimitName | null
  /** What some inputs are counted with besides, because they cost more than the others. */
  readonly alsoLimited?: (input: unknown) => RateLimitName | null
  /** True: it computes something and changes nothing, although its method is not GET; the audit log leaves it
   *  out. */
  readonly isReadOnly?: boolean
}

type Usual = 'body' | 'answer' | 'status' | 'errors' | 'limited' | 'formFields' | 'passesOver'
type Draft = Omit<Contract, Usual> & Partial<Pick<Contract, Usual>>

const PLAIN = {
  body: 'none',
  answer: 'json',
  status: 200,
  errors: [],
  limited: null,
  formFields: [],
  passesOver: [],
} as const

/** Completes a contract with what most have: no body, a JSON answer, status 200, no limit. */
export const contract = <const D extends Draft>(draft: D): Omit<typeof PLAIN, keyof D> & D => ({
  ...PLAIN,
  ...draft,
})

export type Input<C extends Contract> = z.output<C['input']>
export type Output<C extends Contract> = z.input<C['output']>
export type RouteName<C extends Contract> = `${C['method']} ${C['path']}`

/** A picture as it came in, not yet judged. */
export type ArrivedPicture = { readonly bytes: Uint8Array; readonly filename: string | null }

/** One part of a multipart body, in the order of arrival. A file's bytes must be read before the next part
 *  comes. */
export type Part =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly filename: string
      readonly bytes: AsyncIterable<Uint8Array>
    }

/** A file to answer with. */
export type FileAnswer = {
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>
  readonly mediaType: string
  /** Offered as a download under this name; shown in place when null. */
  readonly filename: string | null
  /** Whether the address always answers the same bytes. */
  readonly isImmutable: boolean
}

/** Who asks, as far as use cases need to know. */
export type Caller = {
  readonly kind: 'stranger' | 'person' | 'key'
  readonly id: string | null
  readonly name: string | null
  readonly scopes: readonly Scope[]
  /** Of a key that is restricted to one classifier: which. */
  readonly classifier?: string
  /** Of a person: the session that the request came with. */
  readonly session?: string
}
