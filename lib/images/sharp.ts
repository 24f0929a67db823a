/**
 * sharp with the decoders and limits of this product, loaded when it is first used: with libvips it takes 6 MB
 * (2026-11-30), and small PNGs are decoded without it.
 */
import { createRequire } from 'node:module'
import type { default as SharpModule, Sharp } from 'sharp'

const require = createRequire(import.meta.url)

let loaded: typeof SharpModule | null = null

/** Opens an image, as `sharp(…)` does. */
export const openSharp = (...input: Parameters<typeof SharpModule>): Sharp => (loaded ??= limited())(...input)

function limited(): typeof SharpModule {
  const sharp: typeof SharpModule = require('sharp')
  sharp.cache(false)
  sharp.concurrency(1)
  // Untrusted bytes reach only these six decoders, and those of decode-heic.ts and bmp.ts: no SVG, no PDF, nothing
  // chosen by a file name.
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: ['JpegBuffer', 'PngBuffer', 'WebpBuffer', 'NsgifBuffer', 'TiffBuffer', 'HeifBuffer'].map(
      (name) => `VipsForeignLoad${name}`,
    ),
  })
  return sharp
}
