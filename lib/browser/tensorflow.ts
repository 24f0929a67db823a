/** TensorFlow.js as it stands in a page: its WebAssembly files, and the backends that may run a model there. */
import type * as tf from '@tensorflow/tfjs'

/** What its scripts put on the page. */
export type TensorFlowInPage = typeof tf & {
  readonly wasm?: { readonly setWasmPaths: (paths: Readonly<Record<string, string>>) => void }
}

export type BackendName = 'webgl' | 'wasm' | 'cpu'

/** The addresses of its files. */
export type EngineAddresses = {
  readonly scripts: readonly string[]
  /** By the name of the file. */
  readonly wasm: Readonly<Record<string, string>>
}

const SINGLE = 'tfjs-backend-wasm-simd.wasm'
const THREADED = 'tfjs-backend-wasm-threaded-simd.wasm'

/** Software renderers: WebAssembly computes faster. */
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i

declare global {
  var tf: TensorFlowInPage | undefined
}

let loading: Promise<TensorFlowInPage> | null = null

/** Loads it once per page; a failure can be tried again.
 *  @throws Error with a sentence for the user */
export function loadTensorFlow(addresses: EngineAddresses): Promise<TensorFlowInPage> {
  loading ??= load(addresses).catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

async function load({ scripts, wasm }: EngineAddresses): Promise<TensorFlowInPage> {
  for (const script of scripts) await addScript(script)
  if (!globalThis.tf) throw new Error('TensorFlow.js did not start in this browser.')
  return prepared(globalThis.tf, wasm)
}

/** With the addresses of its WebAssembly files, by their names. The file for several threads is never fetched: pages
 *  are not cross-origin isolated, which threads need. Its name must have an address all the same. */
export function prepared(
  tensorFlow: TensorFlowInPage,
  wasm: Readonly<Record<string, string>>,
): TensorFlowInPage {
  tensorFlow.enableProdMode()
  tensorFlow.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  tensorFlow.wasm?.setWasmPaths({ ...wasm, [THREADED]: wasm[SINGLE] ?? '' })
  return tensorFlow
}

function addScript(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.src = address
    script.onload = () => resolve()
    script.onerror = () =>
      reject(new Error('TensorFlow.js could not be loaded: the server did not deliver it. Try again.'))
    document.head.append(script)
  })
}

/** The backends worth trying in this browser, the fastest first. `cpu` is plain JavaScript: slow, and everywhere. */
export function usableBackends(tensorFlow: TensorFlowInPage): readonly BackendName[] {
  return [
    ...(hasGraphicsProcessor() ? (['webgl'] as const) : []),
    ...(tensorFlow.wasm && typeof WebAssembly === 'object' ? (['wasm'] as const) : []),
    'cpu',
  ]
}

/** Whether WebGL runs on hardware. Where it computes with 16-bit numbers only, the answers differ from the server's:
 *  the golden images find that. */
function hasGraphicsProcessor(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  if (!context) return false
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const renderer: unknown = info ? context.getParameter(info.UNMASKED_RENDERER_WEBGL) : ''
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return !SOFTWARE.test(String(renderer))
}
