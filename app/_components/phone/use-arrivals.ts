'use client'
/** The images that arrive through a phone link while a page shows it. */
import { useRouter } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PhoneLinkAnswer } from '#lib/contracts/phone-links.ts'

const POLL_MS = 2_000

export type ShownLink = { readonly token: string; readonly link: PhoneLinkAnswer }

/** Looks for new images while the link is active, and refreshes the page when some have arrived. */
export function useArrivals(
  classifier: string,
  shown: ShownLink | null,
  setShown: (update: (before: ShownLink | null) => ShownLink | null) => void,
) {
  const router = useRouter()
  const images = useRef(0)
  const id = shown?.link.state === 'active' ? shown.link.id : null
  useEffect(() => {
    if (id === null) return
    images.current = 0
    const stopping = new AbortController()
    const look = async () => {
      const { links } = await call('GET /api/phone-links', { classifier }, stopping.signal)
      const link = links.find((one) => one.id === id)
      if (!link || stopping.signal.aborted) return
      setShown((before) => before && { ...before, link })
      if (link.latest.length > 0 && link.images !== images.current) {
        images.current = link.images
        router.refresh()
      }
    }
    const timer = setInterval(() => void look().catch(() => {}), POLL_MS) // a lost connection: the next look
    return () => {
      clearInterval(timer)
      stopping.abort()
    }
  }, [classifier, id, router, setShown])
}
