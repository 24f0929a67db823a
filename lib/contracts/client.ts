/** The API client of the pages: typed by the contracts, of which only the types reach the browser. It validates
 *  nothing; errors are thrown as a ProblemError with the API's text. */
import type { z } from 'zod'
import type { Contract, Output } from './contract.ts'
import type { Routes } from './index.ts'

type RequestFields<C extends Contract> = {
  [K in keyof z.input<C['input']>]: K extends keyof z.output<C['input']> ? z.output<C['input']>[K] : never
}
type Arrives = 'image' | 'parts'
/** A file of a form with its name in the form: its own, or a path whose folder names the
 *  class. */
export type NamedFile = File | { readonly blob: Blob; readonly name: string }

/** The input of a route as a page gives it: its fields, with `file` for one image and `files` (and labels) for many. */
export type CallInput<C extends Contract> = Omit<RequestFields<C>, Arrives> &
  (C['body'] extends 'image'
    ? { readonly file: NamedFile }
    : C['body'] extends 'parts'
      ? {
          readonly files: readonly NamedFile[]
          readonly label?: string
          readonly labels?: readonly string[]
          readonly calibration?: NamedFile
        }
      : unknown)

type RoutesWithBody<Body extends Contract['body']> = {
  [N in keyof Routes]: Routes[N]['body'] extends Body ? N : never
}[keyof Routes]
type FormRoute = RoutesWithBody<Arrives>
type JsonRoute = { [N in keyof Routes]: Routes[N]['answer'] extends 'json' ? N : never }[keyof Routes]

type Problem = {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly request_id: string | null
  readonly errors: readonly { readonly path: string; readonly message: string }[]
}

/** An error response of the API. `message` is its sentence; `problem` is the whole document, for example with the
 *  run that causes the conflict. */
export class ProblemError extends Error {
  readonly problem: Problem & Readonly<Record<string, unknown>>

  constructor(problem: Problem & Readonly<Record<string, unknown>>) {
    super(problem.detail)
    this.name = 'ProblemError'
    this.problem = problem
  }

  get code(): string {
    return this.problem.code
  }

  /** The message about one field, if there is one. */
  fieldError(path: string): string | null {
    return this.problem.errors.find((e) => e.path === path)?.message ?? null
  }
}

export async function call<N extends JsonRoute>(
  route: N,
  input: CallInput<Routes[N]>,
  signal?: AbortSignal,
): Promise<Output<Routes[N]>> {
  const { method, address, body } = request(route, input as FieldValues)
  let status: number
  let text: string
  try {
    const response = await fetch(address, {
      method,
      ...(body instanceof FormData && { body }),
      ...(typeof body === 'string' && { body, headers: { 'content-type': 'application/json' } }),
      ...(signal && { signal }),
    })
    status = response.status
    text = await response.text() // the connection can also end within it
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreachable()
  }
  return parsedResponse<Output<Routes[N]>>(status, text)
}

/** `call` for large forms: reports how much of it has been sent. */
export function upload<N extends FormRoute>(
  route: N,
  input: CallInput<Routes[N]>,
  { onProgress, signal }: { onProgress?: (sent: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<Output<Routes[N]>> {
  const { method, address, body } = request(route, input as FieldValues)
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    sending.open(method, address)
    sending.upload.onprogress = (e) => onProgress?.(e.loaded, e.total)
    sending.onerror = () => reject(unreachable())
    sending.onabort = () => reject(signal?.reason ?? unreachable())
    sending.onload = () => {
      try {
        resolve(parsedResponse<Output<Routes[N]>>(sending.status, sending.responseText))
      } catch (error) {
        reject(error)
      }
    }
    signal?.addEventListener('abort', () => sending.abort(), { once: true })
    if (signal?.aborted) reject(signal.reason)
    else sending.send(body as FormData)
  })
}

export type RunEvent = Output<Routes['GET /api/runs/{id}/events']>

/** The events of a run, from `after` on, until it ends or the returned function is called. The browser restores lost
 *  connections. */
export function follow(
  runId: string,
  onEvent: (event: RunEvent) => void,
  { after = 0, onEnd, onLost }: { after?: number; onEnd?: () => void; onLost?: () => void } = {},
): () => void {
  const source = new EventSource(`/api/runs/${encodeURIComponent(runId)}/events?after=${after}`)
  source.onmessage = (message: MessageEvent<string>) => {
    const event: unknown = JSON.parse(message.data)
    if (isRunEvent(event)) onEvent(event)
  }
  source.addEventListener('end', () => {
    source.close()
    onEnd?.()
  })
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) onLost?.()
  }
  return () => source.close()
}

const EVENT_KINDS: ReadonlySet<unknown> = new Set<RunEvent['kind']>(['run', 'step', 'epoch', 'stage', 'log'])

/** Checked only by its kind: a schema would add more to every page than the server's own checks justify. An event of
 *  a newer server is ignored. */
const isRunEvent = (value: unknown): value is RunEvent =>
  typeof value === 'object' && value !== null && 'kind' in value && EVENT_KINDS.has(value.kind)

/** The address of a GET, for `<img src>` and `<a href>`. */
export function addressOf<N extends keyof Routes & `GET ${string}`>(
  route: N,
  input: CallInput<Routes[N]>,
): string {
  return request(route, input as FieldValues).address
}

type FieldValues = Readonly<Record<string, unknown>>

/** Path parameters go into the path; files make a form; a GET has its other fields in the query, other methods in
 *  JSON. */
function request(
  route: string,
  input: FieldValues,
): { method: string; address: string; body: FormData | string | null } {
  const space = route.indexOf(' ')
  const method = route.slice(0, space)
  const fields = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const path = route.slice(space + 1).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(fields.get(name)))
    fields.delete(name)
    return value
  })
  const hasFiles = fields.has('file') || fields.has('files')
  if (method === 'POST' || method === 'PATCH')
    return {
      method,
      address: path,
      body: hasFiles ? formOf(fields) : JSON.stringify(Object.fromEntries(fields)),
    }
  const query = new URLSearchParams([...fields].map(([name, value]) => [name, String(value)])).toString()
  return { method, address: query === '' ? path : `${path}?${query}`, body: null }
}

const FILE_FIELDS: readonly string[] = ['file', 'files', 'calibration']

/** Labels before files: a server that reads the form as a stream knows them by then. */
function formOf(fields: ReadonlyMap<string, unknown>): FormData {
  const form = new FormData()
  const isFile = (name: string): boolean => FILE_FIELDS.includes(name)
  for (const [name, value] of fields)
    if (!isFile(name)) form.append(name, Array.isArray(value) ? JSON.stringify(value) : String(value))
  for (const [name, value] of fields) {
    if (!isFile(name)) continue
    for (const file of (Array.isArray(value) ? value : [value]) as readonly NamedFile[])
      form.append(name, file instanceof File ? file : file.blob, file.name)
  }
  return form
}

function parsedResponse<T>(status: number, text: string): T {
  const value = readJson(text)
  if (status < 400 && value !== null) return value as T
  const problem = value ?? {}
  throw new ProblemError({
    ...problem,
    status,
    code: typeof problem['code'] === 'string' ? problem['code'] : 'internal',
    title: typeof problem['title'] === 'string' ? problem['title'] : 'Unexpected error',
    detail:
      typeof problem['detail'] === 'string'
        ? problem['detail']
        : `The server returned ${status} without an explanation. Try again.`,
    request_id: typeof problem['request_id'] === 'string' ? problem['request_id'] : null,
    errors: Array.isArray(problem['errors']) ? (problem['errors'] as Problem['errors']) : [],
  })
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const unreachable = (): ProblemError =>
  new ProblemError({
    status: 0,
    code: 'unreachable',
    title: 'No response',
    detail: 'Darkroom cannot be reached: the connection failed. Check that it is running, and try again.',
    request_id: null,
    errors: [],
  })
