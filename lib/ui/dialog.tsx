'use client'
/** A modal dialog, built on the browser's own, which handles focus and the Escape key. */
import { useEffect, useId, useRef, type ReactNode } from 'react'

type DialogProps = {
  readonly isOpen: boolean
  readonly title: string
  readonly onClose: () => void
  readonly actions: ReactNode
  readonly children?: ReactNode
}

export function Dialog({ isOpen, title, onClose, actions, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const element = dialog.current
    if (isOpen && !element?.open) element?.showModal()
    if (!isOpen && element?.open) element.close()
  }, [isOpen])

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <h2 id={titleId}>{title}</h2>
        {isOpen && children}
      </div>
      <div className="dialog-actions">{actions}</div>
    </dialog>
  )
}
