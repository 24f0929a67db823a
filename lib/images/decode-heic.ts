/** Decodes a HEIC to an uncompressed TIFF, which sharp then reads: sharp's own libheif decodes no HEVC.
 *  libheif runs as WebAssembly, in an instance of its own for each image, whose memory cannot grow beyond what the
 *  header of the image needs; untrusted bytes reach nothing outside it. Rotation as the file states it is applied, and
 *  the orientation in its Exif data is not (ISO/IEC 23008-12, section 6.5). */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Libheif } from 'libheif-js/libheif-wasm/libheif.js'
import { heicDecoderBytes } from './cost.ts'
import { heicProfile } from './header-heic.ts'
import type { ImageHeader } from './image-header.ts'
import { corruptImage, tooManyPixels } from './refusals.ts'
import type { FileType } from './sniff.ts'
import { withMostMemory } from './wasm-memory.ts'
import { writeTiff } from './write-tiff.ts'

type HeicHeader = Extract<ImageHeader, { kind: 'heic' }>

/** A compiled module for each limit of memory; compiling one takes 40 ms. */
const STEP_BYTES = 64 * 1024 ** 2
const MOST_MODULES = 4
const modules = new Map<number, Promise<WebAssembly.Module>>()

export async function heicAsTiff(
  bytes: Uint8Array,
  type: FileType,
  { header, maxPixels }: { readonly header: HeicHeader | null; readonly maxPixels: number },
): Promise<Buffer> {
  if (header === null) throw corruptImage(type, 'its header is damaged')
  const limit = STEP_BYTES * Math.ceil((heicDecoderBytes(header) + 2 * bytes.length) / STEP_BYTES)
  const libheif = await openLibheif(await moduleOf(limit))
  try {
    return await decoded(libheif, bytes, { type, maxPixels })
  } catch (cause) {
    // a number: the address of an exception in C++, such as that memory is not enough
    const isInside = cause instanceof WebAssembly.RuntimeError || typeof cause === 'number'
    if (isInside || cause instanceof RangeError)
      throw corruptImage(type, 'its pixels are damaged, or need more memory than its header says', cause)
    throw cause
  }
}

async function decoded(
  libheif: Libheif,
  bytes: Uint8Array,
  { type, maxPixels }: { readonly type: FileType; readonly maxPixels: number },
): Promise<Buffer> {
  const context = libheif.heif_context_alloc()
  if (context === null) throw corruptImage(type, 'its decoder has no memory')
  const read = libheif.heif_context_read_from_memory(context, bytes)
  if (read.code !== libheif.heif_error_code.heif_error_Ok) throw corruptImage(type, 'its header is damaged')
  const handle = libheif.heif_js_context_get_primary_image_handle(context)
  if (handle === null || 'code' in handle) throw corruptImage(type, 'it has no still image')
  const [width, height] = [
    libheif.heif_image_handle_get_width(handle),
    libheif.heif_image_handle_get_height(handle),
  ]
  if (width * height > maxPixels) throw tooManyPixels(width, height, maxPixels)
  const channels = libheif.heif_image_handle_has_alpha_channel(handle) ? 4 : 3
  const { heif_chroma_interleaved_RGB: rgb, heif_chroma_interleaved_RGBA: rgba } = libheif.heif_chroma
  const image = await libheif.heif_js_decode_image2(
    handle,
    libheif.heif_colorspace.heif_colorspace_RGB,
    channels === 4 ? rgba : rgb,
  )
  const [plane] = 'channels' in image ? image.channels : []
  if (plane === undefined) throw corruptImage(type, 'its pixels are damaged or truncated')
  if (plane.data.length < plane.stride * (plane.height - 1) + plane.width * channels)
    throw corruptImage(type, 'its pixels are incomplete')
  return writeTiff({
    width: plane.width,
    height: plane.height,
    channels,
    profile: heicProfile(bytes),
    row: (y, into) =>
      into.set(plane.data.subarray(y * plane.stride, y * plane.stride + plane.width * channels)),
  })
}

async function openLibheif(module: WebAssembly.Module): Promise<Libheif> {
  const { default: open } = await import('libheif-js/libheif-wasm/libheif.js')
  return open({
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(module, imports)
      receive(instance)
      return instance.exports
    },
    print: () => {},
    printErr: () => {},
  })
}

function moduleOf(limitBytes: number): Promise<WebAssembly.Module> {
  const known = modules.get(limitBytes)
  if (known !== undefined) return known
  if (modules.size >= MOST_MODULES) modules.clear()
  const made = compiled(limitBytes)
  modules.set(limitBytes, made)
  made.catch(() => modules.delete(limitBytes)) // such as too many open files: the next image tries again
  return made
}

async function compiled(limitBytes: number): Promise<WebAssembly.Module> {
  const file = createRequire(import.meta.url).resolve('libheif-js/libheif-wasm/libheif.wasm')
  return WebAssembly.compile(withMostMemory(new Uint8Array(await readFile(file)), limitBytes))
}
