/** An image with a caption. Small images are enlarged with sharp pixels, without blur. */
import type { ReactNode } from 'react'
import { StoredImage } from './stored-image.tsx'

type ImageTileProps = {
  readonly src: string
  readonly alt: string
  /** The longer side of the image in pixels, if known. */
  readonly pixels?: number
  /** Makes the image a link. */
  readonly linked?: (image: ReactNode) => ReactNode
  readonly children?: ReactNode
}
const SMALL_SIDE = 64

/** Longer names fill more than three lines of a narrow tile. */
const LONG_NAME = 28
/** Of a grid of tiles: on a phone, long captions are on the right of the images. */
export const tilesProps = (names: readonly string[]) =>
  ({ className: 'tiles', 'data-long': names.some(({ length }) => length > LONG_NAME) || undefined }) as const

export function ImageTile({ src, alt, pixels, linked, children }: ImageTileProps) {
  const image = (
    <StoredImage
      key={src}
      className="tile-image"
      src={src}
      alt={alt}
      loading="lazy"
      decoding="async"
      data-enlarged={pixels !== undefined && pixels <= SMALL_SIDE}
    />
  )
  return (
    <figure className="tile">
      {linked ? linked(image) : image}
      {children && <figcaption>{children}</figcaption>}
    </figure>
  )
}

export function Thumbnail({ src, alt }: { readonly src: string; readonly alt: string }) {
  return (
    <StoredImage
      key={src}
      className="thumbnail"
      src={src}
      alt={alt}
      width={48}
      height={48}
      loading="lazy"
      decoding="async"
    />
  )
}
