'use client'
/** Keeps the keyboard focus where it was while a change disables or replaces the control that was pressed. Without it,
 *  the focus would fall back to the top of the page. */
import { useEffect, useRef } from 'react'
import { isFocusFree } from '#lib/ui/focus-keeper.tsx'

/** @param step a change of it replaces the controls in the frame */
export function useFocusAfterChange<Frame extends HTMLElement>(isBusy: boolean, step: string) {
  const frame = useRef<Frame>(null)
  const pressed = useRef<Element | null>(null)
  useEffect(() => {
    const before = pressed.current
    if (isBusy || before === null) return
    pressed.current = null
    const active = document.activeElement
    if (!isFocusFree() && !frame.current?.contains(active)) return
    // A group of choices rather than its first button: Enter, held down, must not choose.
    const next =
      before.isConnected && !before.matches(':disabled')
        ? before
        : frame.current?.querySelector('input[type=search], [role=group], button:not(:disabled)')
    if (next instanceof HTMLElement) next.focus()
  }, [isBusy, step])
  return {
    frame,
    keepFocus: () => {
      pressed.current = document.activeElement
    },
  }
}
