/** TensorFlow.js as it stands in a page: its WebAssembly files, and the backends that may run a model there. */
import type * as tf from '@tensorflow/tfjs'

/** What its scripts put on the page. */
export type TensorFlowInPage = typeof tf & {
  readonly wasm?: { readonly setWasmPaths: (paths: Readonly<Record<string, string>>) => void }
}

export type BackendName = 'webgl' | 'wasm' | 'cpu'

const SINGLE = 'tfjs-backend-wasm-simd.wasm'
const THREADED = 'tfjs-backend-wasm-threaded-simd.wasm'

/** Software renderers: WebAssembly computes faster. */
const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i

declare global {
  var tf: TensorFlowInPage | undefined
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
