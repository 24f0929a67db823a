'use client'
/** A message about what just happened, in one sentence. It disappears after a while; errors stay until closed.
 *  Not for information that the user needs later. */
import { useEffect, useState } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

const EVENT = 'darkroom-toast'
const VISIBLE_MS = 6000
/** With a button: long enough to read the message and to decide. */
const VISIBLE_WITH_ACTION_MS = 20_000

type ToastAction = { readonly label: string; readonly run: () => void }
type ToastMessage = {
  readonly id: number
  readonly text: string
  readonly variant: 'good' | 'bad'
  readonly action?: ToastAction | undefined
}
let last = 0

/** Shows a message in the `Toasts` of the page; what its action does must be possible elsewhere, too. */
export function toast(text: string, variant: 'good' | 'bad' = 'good', action?: ToastAction): void {
  last += 1
  window.dispatchEvent(new CustomEvent<ToastMessage>(EVENT, { detail: { id: last, text, variant, action } }))
}

export function Toasts() {
  const [messages, setMessages] = useState<readonly ToastMessage[]>([])
  const dismiss = (id: number) => setMessages((all) => all.filter((one) => one.id !== id))

  useEffect(() => {
    const receive = (event: Event) => {
      const one = (event as CustomEvent<ToastMessage>).detail
      setMessages((all) => [...all.slice(-2), one])
      if (one.variant === 'good')
        setTimeout(() => dismiss(one.id), one.action ? VISIBLE_WITH_ACTION_MS : VISIBLE_MS)
    }
    window.addEventListener(EVENT, receive)
    return () => window.removeEventListener(EVENT, receive)
  }, [])

  return (
    <div className="toasts" role="status" aria-live="polite">
      {messages.map((one) => (
        <div key={one.id} className="toast" data-variant={one.variant}>
          <span>{one.text}</span>
          {one.action && (
            <Button
              size="small"
              onClick={() => {
                dismiss(one.id)
                one.action?.run()
              }}
            >
              {one.action.label}
            </Button>
          )}
          <button type="button" onClick={() => dismiss(one.id)} aria-label="Close message">
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
