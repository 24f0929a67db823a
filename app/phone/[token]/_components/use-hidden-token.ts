'use client'
/** Takes the token of a phone link out of the address bar and the browser's history, where others would see it. The tab
 *  remembers it, so that the page can be loaded again. */
import { useEffect } from 'react'

const KEY = 'darkroom-phone-token'
/** In place of a token, which is never this word. */
const WITHOUT_TOKEN = '/phone/link'

/** False where the browser stores nothing for this page: then the address has to keep the token. */
function remember(token: string): boolean {
  try {
    sessionStorage.setItem(KEY, token)
    return true
  } catch {
    return false
  }
}

function remembered(): string | null {
  try {
    return sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

export function useHiddenToken(token: string): void {
  useEffect(() => {
    if (!remember(token)) return
    window.history.replaceState(null, '', WITHOUT_TOKEN)
  }, [token])
}

/** On the address without a token: opens the link of this tab again. */
export function useRememberedLink(): void {
  useEffect(() => {
    const token = remembered()
    if (token !== null && window.location.pathname === WITHOUT_TOKEN)
      window.location.replace(`/phone/${token}`)
  }, [])
}
