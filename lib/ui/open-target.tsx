'use client'
/** Opens the folds around the element that the address names: a page that Next opened is no navigation to the
 *  browser, which would open them itself. */
import { useEffect } from 'react'

export function OpenTarget() {
  useEffect(() => {
    const open = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
      if (!target) return
      let isChanged = false
      for (
        let fold = target.closest('details');
        fold;
        fold = fold.parentElement?.closest('details') ?? null
      ) {
        isChanged ||= !fold.open
        fold.open = true
      }
      if (isChanged) target.scrollIntoView()
    }
    open()
    window.addEventListener('hashchange', open)
    return () => window.removeEventListener('hashchange', open)
  }, [])
  return null
}
