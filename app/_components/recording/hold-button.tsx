'use client'
/** A button that is on while it is held, by a finger, a mouse or a key. */
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { Button } from '#lib/ui/button.tsx'

type HoldButtonProps = {
  readonly isOn: boolean
  readonly disabled: boolean
  readonly describedBy: string
  readonly onHold: () => void
  readonly onRelease: () => void
  readonly children: ReactNode
}

export function HoldButton({ isOn, disabled, describedBy, onHold, onRelease, children }: HoldButtonProps) {
  const release = useRef(onRelease)
  useEffect(() => {
    release.current = onRelease
  })
  // a key or a finger that is released while another window is in front is not reported
  useEffect(() => {
    const leave = () => release.current()
    window.addEventListener('blur', leave)
    document.addEventListener('visibilitychange', leave)
    return () => {
      window.removeEventListener('blur', leave)
      document.removeEventListener('visibilitychange', leave)
    }
  }, [])
  const isKey = ({ key }: KeyboardEvent) => key === ' ' || key === 'Enter'
  return (
    <Button
      variant="primary"
      className="button hold-button"
      aria-pressed={isOn}
      aria-describedby={describedBy}
      disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        onHold()
      }}
      onLostPointerCapture={onRelease}
      onPointerUp={onRelease}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return
        event.preventDefault()
        if (!event.repeat) onHold()
      }}
      onKeyUp={(event) => {
        if (isKey(event)) onRelease()
      }}
      onBlur={onRelease}
    >
      {children}
    </Button>
  )
}
