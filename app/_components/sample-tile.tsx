/** An image of a classifier with a caption. It opens enlarged, where its label can be changed. */
import Link from 'next/link'
import type { ReactNode } from 'react'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import { imageAddress } from '../classifiers/[id]/images/filters.ts'

type SampleTileProps = {
  readonly classifier: string
  readonly id: string
  /** Its image without a size. */
  readonly src: string
  readonly alt: string
  /** The longer side of the image in pixels, if known. */
  readonly pixels?: number
  readonly children: ReactNode
}

export function SampleTile({ classifier, id, src, alt, pixels, children }: SampleTileProps) {
  return (
    <ImageTile
      src={`${src}?size=160`}
      alt={alt}
      {...(pixels !== undefined && { pixels })}
      linked={(image) => (
        <Link href={imageAddress(classifier, id)} prefetch={false}>
          {image}
        </Link>
      )}
    >
      {children}
    </ImageTile>
  )
}
