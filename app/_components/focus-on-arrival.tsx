'use client'
/** Content that replaces the control that was pressed: it comes into view and takes the keyboard focus, unless the
 *  focus is elsewhere by then. */
import { useEffect, useRef, type ReactNode } from 'react'
import { isFocusFree } from '#lib/ui/focus-keeper.tsx'

export function FocusOnArrival({
  label,
  children,
}: {
  /** Read aloud with the focus. */
  readonly label: string
  readonly children: ReactNode
}) {
  const frame = useRef<HTMLElement>(null)
  useEffect(() => {
    if (isFocusFree()) frame.current?.focus()
  }, [])
  return (
    <section ref={frame} tabIndex={-1} aria-label={label}>
      {children}
    </section>
  )
}
