'use client'
/** Copies a text to the clipboard and confirms it. Does not show the text. */
import { useState } from 'react'
import { Button, type ButtonSize } from './button.tsx'

const FEEDBACK_MS = 2_000
const LABELS = { idle: 'Copy', copied: 'Copied', failed: 'Select and copy' } as const

export function CopyButton({
  text,
  label,
  size = 'small',
}: {
  readonly text: string
  /** For example "Copy the key". */
  readonly label: string
  readonly size?: ButtonSize
}) {
  const [state, setState] = useState<keyof typeof LABELS>('idle')
  const copyText = async () => {
    setState((await copyToClipboard(text)) ? 'copied' : 'failed')
    setTimeout(() => setState('idle'), FEEDBACK_MS)
  }
  return (
    <Button size={size} variant="quiet" aria-label={label} onClick={() => void copyText()}>
      <span aria-live="polite">{LABELS[state]}</span>
    </Button>
  )
}

/** Browsers offer the clipboard API only over https and on localhost; elsewhere copying a selection works. */
async function copyToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.setAttribute('readonly', '')
    area.style.cssText = 'position:fixed;opacity:0'
    document.body.append(area)
    area.select()
    const isDone = document.execCommand('copy')
    area.remove()
    return isDone
  }
}
