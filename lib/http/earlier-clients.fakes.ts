/**
 * What the scripts of the five earlier projects send and read, as one table: run against the handlers by
 * earlier-clients.test.ts, and against the started product, with and without the fast path, by e2e/. CF,
 * CL: CIFAR-10 · MN: digits · FR: fruits · LD: leaf diseases, cats and dogs.
 */
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'

/** The required type of a field. A pattern applies to strings. */
type FieldKind =
  'number' | 'integer' | 'share' | 'text' | 'time' | 'list' | 'table' | 'yes-or-no' | 'text or null' | RegExp

export type EarlierCase = {
  readonly story: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: () => FormData | string
  /** Routes that change something need a key, on these paths too. */
  readonly needsKey?: true
  readonly status: number
  readonly location?: RegExp
  readonly promises?: Readonly<Record<string, FieldKind>>
  /** For responses other than JSON: a pattern that the text must match. */
  readonly text?: RegExp
}

/** Seeds for images that no other test draws: an image that already exists is not a new upload. */
const FIRST_SEED = 10_000
const pngOf = (seed: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(encodePng(drawShape('star', FIRST_SEED + seed)))
export const image = (seed: number): Blob => new Blob([pngOf(seed)], { type: 'image/png' })

export const one = () => form(['file', image(1), 'test.png'])
const labelled = () =>
  form(['files', image(2), 'a.png'], ['files', image(3), 'b.png'], ['labels', 'star'], ['labels', 'star'])
const zipped = () => form(['file', new Blob([new Uint8Array(zipOf())]), 'new.zip'])
const zipOf = () => zipFile([4, 5].map((seed) => ({ name: `data/star/${seed}.png`, content: pngOf(seed) })))
const classAndFiles = () =>
  form(['class', 'star'], ['images', image(6), 'a.png'], ['images', image(7), 'b.png'])
export const ten = () =>
  form(...Array.from({ length: 10 }, (_, i) => ['files', image(10 + i), `${i}.png`] as const))

export const PREDICTED = {
  success: 'yes-or-no',
  predicted_class: 'text',
  predicted_index: 'integer',
  confidence: 'share',
  filename: /^test\.png$/,
  timestamp: 'time',
} as const
export const UPLOADED = { message: /^Uploaded 2 images successfully$/, count: 'integer' } as const
export const STATUS = {
  is_running: 'yes-or-no',
  progress: 'number',
  message: 'text',
  last_retrain_time: 'text or null',
} as const
const STARTED = { message: 'text', success: 'yes-or-no', run: 'table' } as const
export const HEALTH = { status: /^healthy$/, uptime_seconds: 'number', model_loaded: 'yes-or-no' } as const

export const EARLIER: readonly EarlierCase[] = [
  {
    story: '1.1 MN sends POST /predict with a form and reads a list',
    method: 'POST',
    path: '/predict',
    body: one,
    status: 200,
    promises: { ...PREDICTED, prediction: 'text', probabilities: 'list' },
  },
  {
    story: '1.2 LD sends the form of a page and is led to the page with the result',
    method: 'POST',
    path: '/predict',
    headers: { accept: 'text/html,application/xhtml+xml' },
    body: one,
    status: 303,
    location: /^\/classifiers\/[a-z0-9-]+\/predict\?result=[0-9a-f-]{36}$/,
  },
  {
    story: '1.7 CF sends a ZIP to POST /upload_data',
    method: 'POST',
    path: '/upload_data',
    body: zipped,
    needsKey: true,
    status: 200,
    promises: UPLOADED,
  },
  {
    story: '1.8 LD sends a class and many files to POST /upload_data',
    method: 'POST',
    path: '/upload_data',
    body: classAndFiles,
    needsKey: true,
    status: 200,
    promises: UPLOADED,
  },
  {
    story: '1.8 LD opens /upload_data',
    method: 'GET',
    path: '/upload_data',
    status: 307,
    location: /^\/classifiers\/[a-z0-9-]+\/images\/add$/,
  },
  {
    story: '1.9 MN sends files and labels to POST /upload',
    method: 'POST',
    path: '/upload',
    body: labelled,
    needsKey: true,
    status: 200,
    promises: UPLOADED,
  },
  {
    story: '1.10 CF sends POST /trigger_retrain, which does not wait',
    method: 'POST',
    path: '/trigger_retrain',
    needsKey: true,
    status: 202,
    promises: STARTED,
  },
  {
    story: '1.11 MN sends POST /retrain',
    method: 'POST',
    path: '/retrain',
    needsKey: true,
    status: 202,
    promises: STARTED,
  },
  {
    story: '1.11 MN waits for POST /retrain',
    method: 'POST',
    path: '/retrain?wait=true',
    body: () => form(['epochs', '1']),
    needsKey: true,
    status: 200,
    promises: { message: /^Model retrained successfully$/, accuracy: 'share', epochs: 'integer' },
  },
  {
    story: '1.15 LD looks at /api/retrain_status',
    method: 'GET',
    path: '/api/retrain_status',
    status: 200,
    promises: STATUS,
  },
  { story: '1.16 MN looks at /health', method: 'GET', path: '/health', status: 200, promises: HEALTH },
  {
    story: '1.21 CL measures the model, by GET as by POST',
    method: 'GET',
    path: '/api/model/evaluate',
    needsKey: true,
    status: 200,
    promises: { accuracy: 'table', per_class: 'list', confusion: 'list' },
  },
  {
    story: '1.22 LD reads /api/metrics',
    method: 'GET',
    path: '/api/metrics',
    status: 200,
    promises: {
      cpu_percent: 'number',
      memory_percent: 'number',
      disk_percent: 'number',
      uptime: /^(\d+d )?(\d+h )?(\d+m )?\d+s$/,
    },
  },
  {
    story: '1.25 LD opens /visualizations',
    method: 'GET',
    path: '/visualizations',
    status: 307,
    location: /^\/classifiers\/[a-z0-9-]+\/images\/insights$/,
  },
  {
    story: '1.27 CL reads its documentation at /api/docs',
    method: 'GET',
    path: '/api/docs',
    status: 200,
    promises: { openapi: /^3\.1/, paths: 'table' },
  },
  {
    story: 'Prometheus reads /metrics',
    method: 'GET',
    path: '/metrics',
    status: 200,
    text: /^# TYPE darkroom_predictions_total counter$/m,
  },
  {
    story: 'Prometheus reads /api/metrics by what it accepts',
    method: 'GET',
    path: '/api/metrics',
    headers: {
      accept: 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1',
    },
    status: 200,
    text: /^darkroom_requests_total \d+$/m,
  },
  {
    story: 'an address may end with a slash',
    method: 'GET',
    path: '/health/',
    status: 200,
    promises: HEALTH,
  },
]

export function form(
  ...fields: readonly (readonly [name: string, value: string | Blob, filename?: string])[]
): FormData {
  const made = new FormData()
  for (const [name, value, filename] of fields) {
    if (typeof value === 'string') made.append(name, value)
    else made.append(name, value, filename)
  }
  return made
}

const HOLDS: Readonly<Record<Exclude<FieldKind, RegExp>, (value: unknown) => boolean>> = {
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: Number.isInteger,
  share: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  text: (value) => typeof value === 'string' && value !== '',
  time: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  list: Array.isArray,
  table: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'yes-or-no': (value) => typeof value === 'boolean',
  'text or null': (value) => value === null || typeof value === 'string',
}

/** How a response differs from what its case promises: empty when it does not. */
export async function broken(request: EarlierCase, response: Response): Promise<readonly string[]> {
  const text = await response.text()
  const problems: string[] = []
  if (response.status !== request.status)
    return [`status ${response.status} instead of ${request.status}: ${text.slice(0, 500)}`]
  const location = response.headers.get('location') ?? ''
  if (request.location && !request.location.test(location.replace(/^https?:\/\/[^/]+/, '')))
    problems.push(`leads to "${location}"`)
  if (request.text && !request.text.test(text))
    problems.push(`does not say ${request.text}: ${text.slice(0, 500)}`)
  if (!request.promises) return problems
  const result = JSON.parse(text) as Record<string, unknown> // a test fails on anything else
  for (const [name, promised] of Object.entries(request.promises)) {
    const holds =
      promised instanceof RegExp ? promised.test(String(result[name])) : HOLDS[promised](result[name])
    if (!holds) problems.push(`${name} is ${JSON.stringify(result[name])}, promised ${promised}`)
  }
  return problems
}

/** As a script would send it. */
export function requestOf(
  { method, path, headers, body }: EarlierCase,
  address: string,
  key?: string,
): Request {
  return new Request(address + path, {
    method,
    redirect: 'manual',
    headers: { ...headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    ...(body && { body: body() }),
  })
}
