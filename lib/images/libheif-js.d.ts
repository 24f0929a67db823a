/** The part of libheif-js that is used here: functions of libheif's C interface, which return an object with a code
 *  instead of a value where they fail. */
declare module 'libheif-js/libheif-wasm/libheif.js' {
  type Handle = { readonly __handle: never }
  type Failure = { readonly code: unknown; readonly message?: string }
  type HeifPlanes = {
    readonly image: Handle
    readonly channels: readonly {
      readonly stride: number
      readonly width: number
      readonly height: number
      /** A view of the memory of the module. */
      readonly data: Uint8Array
    }[]
  }
  export type Libheif = {
    readonly heif_error_code: { readonly heif_error_Ok: unknown }
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown }
    readonly heif_chroma: {
      readonly heif_chroma_interleaved_RGB: unknown
      readonly heif_chroma_interleaved_RGBA: unknown
    }
    readonly heif_context_alloc: () => Handle | null
    readonly heif_context_read_from_memory: (context: Handle, bytes: Uint8Array) => Failure
    readonly heif_js_context_get_primary_image_handle: (context: Handle) => Handle | Failure
    readonly heif_image_handle_has_alpha_channel: (handle: Handle) => number
    readonly heif_image_handle_get_width: (handle: Handle) => number
    readonly heif_image_handle_get_height: (handle: Handle) => number
    readonly heif_js_decode_image2: (
      handle: Handle,
      colours: unknown,
      chroma: unknown,
    ) => Promise<HeifPlanes | Failure> | HeifPlanes | Failure
  }
  const open: (options: {
    readonly instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ) => WebAssembly.Exports
    readonly print: (text: string) => void
    readonly printErr: (text: string) => void
  }) => Libheif
  export default open
}
