'use client'
/** One sentence about what just happened, gone after a while; errors stay until closed. It is no place for
 *  what must be kept. */
import { useEffect, useState } from 'react'
import { Icon } from './icon.tsx'

const EVENT = 'darkroom-toast'
const STAYS_MS = 6000

type Said = { readonly id: number; readonly text: string; readonly variant: 'good' | 'bad' }
let last = 0

/** Says it in whatever `Toasts` is on the page. */
export function toast(text: string, variant: 'good' | 'bad' = 'good'): void {
  last += 1
  window.dispatchEvent(new CustomEvent<Said>(EVENT, { detail: { id: last, text, variant } }))
}

export function Toasts() {
  const [said, setSaid] = useState<readonly Said[]>([])
  const leave = (id: number) => setSaid((all) => all.filter((one) => one.id !== id))

  useEffect(() => {
    const hear = (event: Event) => {
      const one = (event as CustomEvent<Said>).detail
      setSaid((all) => [...all.slice(-2), one])
      if (one.variant === 'good') setTimeout(() => leave(one.id), STAYS_MS)
    }
    window.addEventListener(EVENT, hear)
    return () => window.removeEventListener(EVENT, hear)
  }, [])

  return (
    <div className="toasts" role="status" aria-live="polite">
      {said.map((one) => (
        <div key={one.id} className="toast" data-variant={one.variant}>
          <span>{one.text}</span>
          <button type="button" onClick={() => leave(one.id)} aria-label="Close this message">
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
