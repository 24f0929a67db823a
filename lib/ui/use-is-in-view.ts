'use client'
/** Whether an element has come into view, or the page is being printed; it stays true. */
import { useEffect, useState, type RefObject } from 'react'

/** How far below the window it counts as in view, so that it is there when the reader arrives. */
const MARGIN = '200px'

export function useIsInView(element: RefObject<Element | null>): boolean {
  const [isInView, setIsInView] = useState(false)
  useEffect(() => {
    const shown = element.current
    if (isInView || shown === null) return
    const show = () => setIsInView(true)
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) show()
      },
      { rootMargin: MARGIN },
    )
    observer.observe(shown)
    window.addEventListener('beforeprint', show)
    return () => {
      observer.disconnect()
      window.removeEventListener('beforeprint', show)
    }
  }, [element, isInView])
  return isInView
}
