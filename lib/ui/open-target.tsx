'use client'
/** Opens the folds around the element that the address names: a page that Next opened is no navigation to the
 *  browser, which would open them itself. */
import { useEffect } from 'react'

export function OpenTarget() {
  useEffect(() => {
    const open = () => {
      const target = document.getElementById(idInHash())
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

/** A hash that is not valid percent-encoding is taken as it is. */
function idInHash(): string {
  const hash = location.hash.slice(1)
  try {
    return decodeURIComponent(hash)
  } catch {
    return hash
  }
}
