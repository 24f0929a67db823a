/** Downloads a version and TensorFlow.js from this server and opens it in the page. From then on it predicts without
 *  the server. */
import type { BrowserModelAnswer } from '#lib/contracts/browser.ts'
import { addressOf, call } from '#lib/contracts/client.ts'
import { openBrowserModel, type BrowserModel } from './browser-model.ts'
import { loadTensorFlow, type EngineAddresses } from './tensorflow.ts'

/** Scripts in the order in which they are loaded. */
const SCRIPTS = ['tf.js', 'tf-backend-wasm.js'] as const
const WASM = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'] as const

export type ModelChoice = {
  readonly classifier: string
  readonly version?: string
  readonly signal?: AbortSignal
}

/** @throws ProblemError or Error with a sentence for the user */
export async function downloadModel({ classifier, version, signal }: ModelChoice): Promise<BrowserModel> {
  const about = await call('GET /api/model/browser', { classifier, ...(version && { version }) }, signal)
  const [tensorFlow, weights, reference] = await Promise.all([
    loadTensorFlow(addressesOf(about)),
    bytesAt(addressOf('GET /api/models/{id}/browser', { id: about.id, file: 'weights' }), signal),
    about.reference
      ? bytesAt(addressOf('GET /api/models/{id}/browser', { id: about.id, file: 'reference' }), signal)
      : null,
  ])
  signal?.throwIfAborted()
  return openBrowserModel(tensorFlow, about, { weights, reference })
}

function addressesOf({ engine: release }: BrowserModelAnswer): EngineAddresses {
  const addressOfFile = (file: (typeof SCRIPTS | typeof WASM)[number]) =>
    addressOf('GET /api/model/browser-engine', { release, file })
  return {
    scripts: SCRIPTS.map(addressOfFile),
    wasm: Object.fromEntries(WASM.map((file) => [file, addressOfFile(file)])),
  }
}

async function bytesAt(address: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(address, signal ? { signal } : {})
  if (!response.ok)
    throw new Error(`The server returned ${response.status} for a file of the model. Try again later.`)
  return response.arrayBuffer()
}
