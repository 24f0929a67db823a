/** A server of the open inference protocol with one version, computed by ONNX Runtime, which fails when a test wants it
 *  to. It refuses requests that do not follow the published description of the protocol. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InferenceSession, Tensor } from 'onnxruntime-node'

export type Misbehaviour =
  | { readonly kind: 'silent' | 'disconnects' | 'no-json' }
  | { readonly kind: 'status'; readonly status: number; readonly error: string }
  | { readonly kind: 'answers'; readonly outputs: readonly unknown[] }
  | { readonly kind: 'redirects'; readonly to: string }

export type OpenInferenceServer = AsyncDisposable & {
  readonly url: string
  /** Null: it computes. */
  misbehaviour: Misbehaviour | null
  /** Of the requests for predictions: how many images each had. */
  readonly batches: number[]
  readonly authorisations: (string | undefined)[]
}

type ServedModel = {
  readonly onnx: Uint8Array
  /** `/v2/models/shapes/versions/1` */
  readonly path: string
  readonly takesBinary?: boolean
}

export async function openInferenceServer({
  onnx,
  path,
  takesBinary = false,
}: ServedModel): Promise<OpenInferenceServer> {
  const session = await InferenceSession.create(onnx)
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => send(response, 500, { error: String(error) }))
  })
  const batches: number[] = []
  const authorisations: (string | undefined)[] = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const served: OpenInferenceServer = {
    url: `http://127.0.0.1:${port}`,
    misbehaviour: null,
    batches,
    authorisations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await session.release()
    },
  }
  return served

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(request)
    authorisations.push(request.headers.authorization)
    if (request.url === '/v2')
      return send(response, 200, {
        name: 'onnx',
        version: '1',
        extensions: takesBinary ? ['binary_tensor_data'] : [],
      })
    if (served.misbehaviour) return misbehave(served.misbehaviour, response)
    if (request.url !== `${path}/infer`) return send(response, 404, { error: `no model at ${request.url}` })
    const { images, wanted } = inputOf(request, body)
    batches.push(images.dims[0]!)
    const results = await session.run({ images }, wanted)
    send(response, 200, {
      model_name: 'any',
      outputs: wanted.map((name) => ({
        name,
        datatype: 'FP32',
        shape: [...results[name]!.dims],
        data: Array.from(results[name]!.data as Float32Array),
      })),
    })
  }
}

function misbehave(how: Misbehaviour, response: ServerResponse): void {
  switch (how.kind) {
    case 'silent':
      return
    case 'disconnects':
      return void response.destroy()
    case 'no-json':
      return void response.end('<html>a gateway</html>')
    case 'status':
      return send(response, how.status, { error: how.error })
    case 'answers':
      return send(response, 200, { model_name: 'any', outputs: how.outputs })
    case 'redirects':
      return void response.writeHead(307, { location: how.to }).end()
  }
}

const send = (response: ServerResponse, status: number, value: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** As the schemas `inference_request` and `request_input` of the protocol say; binary data as its extension says. */
function inputOf(request: IncomingMessage, body: Buffer): { images: Tensor; wanted: string[] } {
  const length = request.headers['inference-header-content-length']
  const head = length === undefined ? body : body.subarray(0, Number(length))
  const { inputs, outputs } = JSON.parse(head.toString()) as {
    inputs: readonly {
      name: string
      datatype: string
      shape: number[]
      data?: number[]
      parameters?: { binary_data_size: number }
    }[]
    outputs: readonly { name: string }[]
  }
  const [input] = inputs
  if (input === undefined || inputs.length !== 1) throw new Error('one input is expected')
  const { name, datatype, shape, data, parameters } = input
  if (name !== 'images' || datatype !== 'UINT8') throw new Error(`unexpected input ${name} ${datatype}`)
  const bytes = length === undefined ? Uint8Array.from(data!) : body.subarray(Number(length))
  if (length !== undefined && parameters?.binary_data_size !== bytes.length)
    throw new Error(`binary_data_size is ${parameters?.binary_data_size}, and ${bytes.length} bytes follow`)
  if (bytes.length !== shape.reduce((one, other) => one * other, 1))
    throw new Error(`${bytes.length} numbers do not have the shape ${shape.join(' × ')}`)
  return { images: new Tensor('uint8', new Uint8Array(bytes), shape), wanted: outputs.map((one) => one.name) }
}
