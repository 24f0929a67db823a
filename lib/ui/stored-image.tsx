'use client'
/** A stored image; where its file is missing or damaged, a placeholder of the same size that says so. Its
 *  class decides how large it is. */
import { useState, type ComponentProps } from 'react'
import { Icon } from './icon.tsx'

type StoredImageProps = Omit<ComponentProps<'img'>, 'ref' | 'onError'> & {
  readonly alt: string
  readonly 'data-enlarged'?: boolean
}

export function StoredImage({ alt, className, ...image }: StoredImageProps) {
  const [isMissing, setIsMissing] = useState(false)
  /** The request may have failed before this component ran. */
  const look = (element: HTMLImageElement | null): void => {
    if (element?.complete && element.currentSrc !== '' && element.naturalWidth === 0) setIsMissing(true)
  }
  if (!isMissing)
    return <img ref={look} className={className} alt={alt} onError={() => setIsMissing(true)} {...image} />
  const words = 'This image cannot be shown: its file is missing or damaged'
  return (
    <span
      className={className}
      data-missing
      role="img"
      aria-label={alt === '' ? words : `${alt}. ${words}`}
      title={words}
    >
      <Icon name="alert" />
    </span>
  )
}
