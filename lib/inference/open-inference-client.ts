/** One version on a server of the open inference protocol (KServe v2): sends squares, and returns logits and distances.
 *  It makes one request and throws what is wrong with its response; it does not repeat it. */
import {
  IMAGES_INPUT,
  inferenceError,
  inferenceResponse,
  serverMetadata,
  type ModelAddress,
} from '#lib/contracts/open-inference.ts'
import { messageOf } from '#lib/domain/errors.ts'

/** Of the protocol: the bytes of a tensor follow the JSON of the request. */
const BINARY = 'binary_tensor_data'
/** How far the sum of an image's probabilities, which are float32, may be from 1. */
const MOST_SUM_ERROR = 1e-3
/** Logits are logarithms, and that of 0 is none. */
const LEAST_PROBABILITY = 1e-38
const LONGEST_TEXT = 200

export type EndpointOptions = {
  readonly address: ModelAddress
  readonly token: string | null
  readonly timeoutMs: number
}
export type RemoteVersion = {
  readonly size: number
  readonly channels: 1 | 3
  readonly classes: number
  /** By which the probabilities were calibrated. */
  readonly temperature: number
  readonly measuresDistance: boolean
}
export type RemoteOutput = { readonly logits: Float32Array; readonly distance: number | null }
export type RunRemotely = (squares: readonly Uint8Array[]) => Promise<readonly RemoteOutput[]>

/** Asks the server once how it takes tensors; the function that it returns sends them. */
export async function openEndpoint(
  { address, token, timeoutMs }: EndpointOptions,
  version: RemoteVersion,
): Promise<RunRemotely> {
  const call = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    try {
      // a redirect would send the images and the token to another host
      return await fetch(url, {
        ...init,
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
    } catch (error) {
      throw new Error(reasonOf(error, timeoutMs), { cause: error })
    }
  }
  const metadata = await call(`${address.server}/v2`)
  const known = metadata.ok ? serverMetadata.safeParse(await json(metadata, timeoutMs)) : null
  if (known === null) await metadata.body?.cancel()
  const isBinary = known?.success === true && known.data.extensions.includes(BINARY)

  return async (squares) => {
    const response = await call(`${address.model}/infer`, {
      method: 'POST',
      ...(isBinary ? binaryRequest : jsonRequest)(squares, version),
    })
    const answer = await json(response, timeoutMs)
    if (!response.ok) throw new Error(refusalOf(response.status, answer))
    return outputsOf(answer, squares.length, version)
  }
}

type RequestContent = Pick<RequestInit, 'body' | 'headers'>

function jsonRequest(squares: readonly Uint8Array[], version: RemoteVersion): RequestContent {
  const data = `[${squares.map((square) => rgb(square, version).join()).join()}]`
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(requestOf(squares.length, version, { data: DATA })).replace(`"${DATA}"`, data),
  }
}

/** Where the numbers go: text is put together faster than an array of numbers for `JSON.stringify`. */
const DATA = 'numbers'

function binaryRequest(squares: readonly Uint8Array[], version: RemoteVersion): RequestContent {
  const bytes = Buffer.concat(squares.map((square) => rgb(square, version)))
  const head = Buffer.from(
    JSON.stringify(
      requestOf(squares.length, version, { parameters: { binary_data_size: bytes.byteLength } }),
    ),
  )
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.byteLength),
    },
    body: Buffer.concat([head, bytes]),
  }
}

const requestOf = (count: number, { size, measuresDistance }: RemoteVersion, content: object) => ({
  inputs: [{ name: IMAGES_INPUT, datatype: 'UINT8', shape: [count, size, size, 3], ...content }],
  outputs: [{ name: 'probabilities' }, ...(measuresDistance ? [{ name: 'distance' }] : [])],
})

/** The graph takes three channels, and a grey pixel keeps its value. */
function rgb(square: Uint8Array, { channels }: RemoteVersion): Uint8Array {
  if (channels === 3) return square
  const out = new Uint8Array(square.length * 3)
  for (let i = 0; i < square.length; i++) out.fill(square[i]!, i * 3, i * 3 + 3)
  return out
}

function outputsOf(
  answer: unknown,
  count: number,
  { classes, temperature, measuresDistance }: RemoteVersion,
): RemoteOutput[] {
  const parsed = inferenceResponse.safeParse(answer)
  if (!parsed.success) throw new Error('its response does not follow the open inference protocol')
  const tensor = (name: string, width: number): readonly number[] => {
    const data = parsed.data.outputs.find((output) => output.name === name)?.data
    if (data === undefined) throw new Error(`its response has no output "${name}"`)
    if (data.length !== count * width)
      throw new Error(`its output "${name}" has ${data.length} numbers instead of ${count * width}`)
    return data
  }
  const probabilities = tensor('probabilities', classes)
  const distances = measuresDistance ? tensor('distance', 1) : null
  return Array.from({ length: count }, (_, i) => ({
    logits: logitsOf(probabilities.slice(i * classes, (i + 1) * classes), temperature),
    distance: distances?.[i] ?? null,
  }))
}

/** Logits that give these probabilities with this temperature, so that it is applied once. */
function logitsOf(probabilities: readonly number[], temperature: number): Float32Array {
  const sum = probabilities.reduce((one, other) => one + other, 0)
  if (!(Math.abs(sum - 1) <= MOST_SUM_ERROR) || probabilities.some((p) => p < 0))
    throw new Error(`the probabilities of an image add up to ${sum.toPrecision(4)} instead of 1`)
  return Float32Array.from(probabilities, (p) => temperature * Math.log(Math.max(p, LEAST_PROBABILITY)))
}

async function json(response: Response, timeoutMs: number): Promise<unknown> {
  let text: string
  try {
    text = await response.text()
  } catch (error) {
    throw new Error(reasonOf(error, timeoutMs), { cause: error })
  }
  try {
    return JSON.parse(text)
  } catch {
    return null // refused by the schema of what was expected
  }
}

function refusalOf(status: number, answer: unknown): string {
  const message = inferenceError.safeParse(answer)
  return `it answers with status ${status}${message.success ? `: ${message.data.error.slice(0, LONGEST_TEXT)}` : ''}`
}

/** Without the address, which health does not show to everyone. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `it does not answer within ${timeoutMs} ms`
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string')
    return `it cannot be reached (${cause.code})`
  return messageOf(cause)
}
