/** The fields of an image header, by format. */

export type ImageHeader = { readonly width: number; readonly height: number } & (
  | {
      readonly kind: 'png'
      /** Per decoded pixel. */ readonly pixelBytes: number
      readonly isInterlaced: boolean
    }
  | {
      readonly kind: 'jpeg'
      /** Whether the coefficients of the whole image are held before the first row is produced: progressive, or
       *  components in separate scans. */
      readonly isBuffered: boolean
      readonly coefficientsPerPixel: number
      readonly scans: number
    }
  | { readonly kind: 'gif' }
  | {
      readonly kind: 'webp'
      readonly isLossless: boolean
      readonly hasAlpha: boolean
      readonly isAnimated: boolean
    }
  | {
      readonly kind: 'tiff'
      readonly pixelBytes: number
      /** A strip, or a row of tiles, which is decoded at once. */ readonly blockWidth: number
      readonly blockHeight: number
    }
  | { readonly kind: 'avif'; readonly depth: number }
  | {
      readonly kind: 'heic'
      readonly depth: number
      /** Colours as fine as brightness, or a second image such as that of transparency. */
      readonly isFull: boolean
    }
  | { readonly kind: 'bmp'; readonly isRunLength: boolean }
)
