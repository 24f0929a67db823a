'use client'
/** Puts a text where the next paste finds it, and says so. Shows nothing of the text itself. */
import { useState } from 'react'
import { Button, type ButtonSize } from './button.tsx'

const SAYS_SO_MS = 2_000
const WORDS = { idle: 'Copy', copied: 'Copied', failed: 'Select it and copy' } as const

export function CopyButton({
  text,
  label,
  size = 'small',
}: {
  readonly text: string
  /** What is copied: "Copy the key". */ readonly label: string
  readonly size?: ButtonSize
}) {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null)
  const copyText = async () => {
    setSaid((await copied(text)) ? 'copied' : 'failed')
    setTimeout(() => setSaid(null), SAYS_SO_MS)
  }
  return (
    <Button size={size} variant="quiet" aria-label={label} onClick={() => void copyText()}>
      <span aria-live="polite">{WORDS[said ?? 'idle']}</span>
    </Button>
  )
}

/** Browsers give the clipboard only to https and to this machine's own address; elsewhere the older way, over
 *  a selection, still works. */
async function copied(text: string): Promise<boolean> {
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
