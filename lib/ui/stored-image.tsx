'use client'
/** A stored image, or a placeholder of the same size if its file is missing or damaged. The class sets the
 *  size. */
import { useState, type ComponentProps } from 'react'
import { Icon } from './icon.tsx'

type StoredImageProps = Omit<ComponentProps<'img'>, 'ref' | 'onError'> & {
  readonly alt: string
  readonly 'data-enlarged'?: boolean
}

export function StoredImage({ alt, className, ...image }: StoredImageProps) {
  const [isMissing, setIsMissing] = useState(false)
  /** The request may have failed before this component was hydrated. */
  const checkLoaded = (element: HTMLImageElement | null): void => {
    if (element?.complete && element.currentSrc !== '' && element.naturalWidth === 0) setIsMissing(true)
  }
  if (!isMissing)
    return (
      <img ref={checkLoaded} className={className} alt={alt} onError={() => setIsMissing(true)} {...image} />
    )
  const text = 'This image cannot be shown: its file is missing or damaged'
  return (
    <span
      className={className}
      data-missing
      role="img"
      aria-label={alt === '' ? text : `${alt}. ${text}`}
      title={text}
    >
      <Icon name="alert" />
    </span>
  )
}
