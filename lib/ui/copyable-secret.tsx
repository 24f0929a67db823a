'use client'
/** A key or link that is shown once, with a button that copies it. Where to keep it, the caller says. */
import { CopyButton } from './copy-button.tsx'

export function CopyableSecret({
  text,
  label,
  copyLabel,
}: {
  readonly text: string
  /** What it is, for example "API key". */
  readonly label: string
  /** For example "Copy the key". */
  readonly copyLabel: string
}) {
  return (
    <div className="copyable">
      <code className="command whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0} aria-label={label}>
        {text}
      </code>
      <CopyButton text={text} label={copyLabel} />
    </div>
  )
}
