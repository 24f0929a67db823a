/** One picture with what is said of it. Small pictures are shown with hard pixels, never blurred up. */
import type { ReactNode } from 'react'
import { StoredImage } from './stored-image.tsx'

type ImageTileProps = {
  readonly src: string
  readonly alt: string
  /** Side of the picture in pixels, where known. */
  readonly pixels?: number
  readonly children?: ReactNode
}
const SMALL_PIXELS = 64

export function ImageTile({ src, alt, pixels, children }: ImageTileProps) {
  return (
    <figure className="tile">
      <StoredImage
        key={src}
        className="tile-picture"
        src={src}
        alt={alt}
        loading="lazy"
        decoding="async"
        data-enlarged={pixels !== undefined && pixels <= SMALL_PIXELS}
      />
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
