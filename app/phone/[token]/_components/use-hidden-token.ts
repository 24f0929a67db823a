'use client'
/** Takes the token of a phone link out of the address bar and the browser's history, where others would see it. The tab
 *  remembers it, so that the page can be loaded again. */
import { useEffect } from 'react'

const KEY = 'darkroom-phone-token'
/** In place of a token, which is never this word. */
const WITHOUT_TOKEN = '/phone/link'

export function useHiddenToken(token: string): void {
  useEffect(() => {
    sessionStorage.setItem(KEY, token)
    window.history.replaceState(null, '', WITHOUT_TOKEN)
  }, [token])
}

/** On the address without a token: opens the link of this tab again. */
export function useRememberedLink(): void {
  useEffect(() => {
    const token = sessionStorage.getItem(KEY)
    if (token !== null && window.location.pathname === WITHOUT_TOKEN)
      window.location.replace(`/phone/${token}`)
  }, [])
}
