'use client'
/** The shipped classifiers in a fold. Whether it is open is remembered in this browser; before a choice it is open
 *  only while there is no other classifier. */
import { useSyncExternalStore, type MouseEvent, type ReactNode } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'

const KEY = 'darkroom-examples'
const CHANGED = 'darkroom-examples-changed'

export function Examples({
  count,
  hasOwn,
  children,
}: {
  readonly count: number
  readonly hasOwn: boolean
  readonly children: ReactNode
}) {
  const choice = useSyncExternalStore(listen, readChoice, () => null)
  const isOpen = choice === null ? !hasOwn : choice === 'open'
  const toggle = (event: MouseEvent) => {
    event.preventDefault()
    localStorage.setItem(KEY, isOpen ? 'closed' : 'open')
    window.dispatchEvent(new Event(CHANGED))
  }
  return (
    <details className="fold" open={isOpen}>
      <summary onClick={toggle}>
        <h2 className="text-base">Examples</h2>
        <span className="small muted">
          {counted(count, 'classifier comes', 'classifiers come')} with Darkroom
        </span>
      </summary>
      <div className="fold-body">{children}</div>
    </details>
  )
}

const readChoice = (): string | null => localStorage.getItem(KEY)

function listen(callback: () => void): () => void {
  window.addEventListener(CHANGED, callback)
  return () => window.removeEventListener(CHANGED, callback)
}
