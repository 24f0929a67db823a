'use client'
/** Keeps the keyboard focus near its place when the element that has it disappears or is disabled: with a dialog that
 *  closes after its opener has gone, or a Cancel button whose work has ended. The browser would drop the focus to the
 *  top of the page. It acts last: a component that moves the focus itself comes first. */
import { useEffect } from 'react'

/** What a screen reader names when it gets the focus; the page itself last. */
const PLACES = 'dialog[open], [role=group], form, li, section, article, main'

const FALLBACK = 'data-focus-fallback'

/** Whether the focus is nowhere, or only on a place around a vanished element: content that arrives may take it. */
export function isFocusFree(): boolean {
  const { activeElement: active, body } = document
  return active === null || active === body || active.hasAttribute(FALLBACK)
}

export function FocusKeeper() {
  useEffect(() => {
    /** The element that had the focus last, and what it is in, from the inside out. */
    let path: readonly Element[] = []
    let frame = 0
    const look = () => {
      frame = 0
      const [last, ...around] = path
      const active = document.activeElement
      if (!last || (active !== null && active !== document.body) || isUsable(last)) return
      path = []
      placeAround(around)?.focus({ preventScroll: true })
    }
    const lookLater = () => {
      if (frame === 0) frame = requestAnimationFrame(look)
    }
    const onFocus = ({ target }: FocusEvent) => {
      path = target instanceof Element ? pathOf(target) : []
    }
    /** A press on an empty place takes the focus away from an element that is still there. */
    const onPress = () => {
      path = []
    }
    const changes = new MutationObserver(lookLater)
    changes.observe(document.body, {
      subtree: true,
      childList: true,
      attributeFilter: ['disabled', 'open', 'hidden'],
    })
    document.addEventListener('focusin', onFocus)
    document.addEventListener('pointerdown', onPress, true)
    return () => {
      cancelAnimationFrame(frame)
      changes.disconnect()
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('pointerdown', onPress, true)
    }
  }, [])
  return null
}

const isUsable = (element: Element): boolean =>
  element.isConnected && element.checkVisibility() && !element.matches(':disabled')

function pathOf(target: Element): readonly Element[] {
  const path: Element[] = []
  for (let at: Element | null = target; at && at !== document.body; at = at.parentElement) path.push(at)
  return path
}

function placeAround(around: readonly Element[]): HTMLElement | null {
  for (const place of around)
    if (place instanceof HTMLElement && place.matches(PLACES) && isUsable(place)) {
      const hasOwnIndex = place.hasAttribute('tabindex')
      if (!hasOwnIndex) place.tabIndex = -1
      place.setAttribute(FALLBACK, '')
      const onBlur = () => {
        place.removeAttribute(FALLBACK)
        if (!hasOwnIndex) place.removeAttribute('tabindex')
      }
      place.addEventListener('blur', onBlur, { once: true })
      return place
    }
  return null
}
