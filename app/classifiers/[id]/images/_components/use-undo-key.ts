'use client'
/** Ctrl+Z on the whole page, except in a field, where it undoes typing. */
import { useEffect } from 'react'
import { commandOf } from './key-commands.ts'

export function useUndoKey(undo: () => Promise<void>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.closest('input, textarea') !== null
      if (event.defaultPrevented || isTyping || !(event.ctrlKey || event.metaKey)) return
      if (commandOf(event)?.kind !== 'undo') return
      event.preventDefault()
      void undo()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [undo])
}
