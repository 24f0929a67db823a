/** The contract of one route: method, path, permission, input, output, errors. It does
 *  nothing by itself: lib/http derives validation and documentation from it, lib/contracts/client a typed
 *  call. */
import type { z } from 'zod'
import type { ErrorCode } from '#lib/domain/errors.ts'
import type { RateLimitName } from '#lib/domain/rate-limit.ts'

/** Who may call a route. `open`: anyone · `predict`: anyone while PUBLIC_PREDICT is on, else any login or key
 *  · `view`: read what is stored ·
 *  `feedback`: correct predictions · `upload` · `train`: train, promote, roll back · `edit`: labels,
 *  classifiers, trash and restore ·
 *  `admin`: users, keys, settings, and permanent deletion · `account`: the user's own account, never a key ·
 *  `phone`: only a phone link.
 *  lib/auth/rights.ts assigns them to roles and keys. */
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
  'phone',
] as const
export type Scope = (typeof SCOPES)[number]

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The format of the body. `image`: multipart `file` or `image`, raw `image/*`, or JSON with a data URL.
 *  `parts`: multipart, streamed. */
export type Body = 'none' | 'json' | 'image' | 'parts'

/** The format of the response. `events`: server-sent events, each of the output type. `file`: bytes to download or
 *  display. */
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
  /** Text fields that a streamed form may have next to its files; those of `image` are fields of the input. */
  readonly formFields: readonly string[]
  /** Names without meaning here that are accepted, because the scripts and forms of earlier projects send
   *  them. Every other unknown name is refused. */
  readonly passesOver: readonly string[]
  readonly output: z.ZodType
  readonly status: 200 | 201 | 202
  /** When the status depends on the output: an upload that is processed in the background returns 202. */
  readonly statusOf?: (output: unknown) => 200 | 202
  readonly errors: readonly ErrorCode[]
  /** Its rate limit; null: none. */
  readonly limited: RateLimitName | null
  /** An additional rate limit of some inputs, because they cost more than others. */
  readonly alsoLimited?: (input: unknown) => RateLimitName | null
  /** True: it computes something and changes nothing that concerns others, although its method is not GET; the
   *  audit log leaves it out. */
  readonly isReadOnly?: boolean
  /** True: a phone link that allows predictions may call it, in addition to the routes of its scope. */
  readonly isForPhones?: boolean
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

/** Completes a contract with the usual values: no body, a JSON response, status 200, no limit. */
export const contract = <const D extends Draft>(draft: D): Omit<typeof PLAIN, keyof D> & D => ({
  ...PLAIN,
  ...draft,
})

export type Input<C extends Contract> = z.output<C['input']>
export type Output<C extends Contract> = z.input<C['output']>
export type RouteName<C extends Contract> = `${C['method']} ${C['path']}`

/** An image as it was received, not yet checked. */
export type ReceivedImage = { readonly bytes: Uint8Array; readonly filename: string | null }

/** One part of a multipart body, in the order of arrival. A file's bytes must be read before the next part
 *  is requested. */
export type Part =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly filename: string
      readonly bytes: AsyncIterable<Uint8Array>
    }

/** A file as a response. */
export type FileAnswer = {
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>
  /** Of bytes that are read while they are sent, where their number is known. */
  readonly sizeBytes?: number
  readonly mediaType: string
  /** Offered as a download under this name; shown in place when null. */
  readonly filename: string | null
  /** Whether the address always returns the same bytes. */
  readonly isImmutable: boolean
}

/** The client of a request, as far as use cases need to know. */
export type Caller = {
  readonly kind: 'anonymous' | 'person' | 'key' | 'link'
  readonly id: string | null
  readonly name: string | null
  readonly scopes: readonly Scope[]
  /** For a key that is restricted to one classifier, and for a phone link: its id. */
  readonly classifier?: string
  /** For a phone link. */
  readonly link?: { readonly label: string | null; readonly mayPredict: boolean }
  /** For a user: the session of the request. */
  readonly session?: string
}

/** The request of a use case that only needs to know its caller. */
export type CallerContext = { readonly caller: Caller }
