/** A choice between a few views: links if the choice is in the URL, buttons if it is local. */
import type { ReactNode } from 'react'

/** The children are links; the selected one has aria-current="page". */
export function SegmentedLinks({
  label,
  children,
}: {
  readonly label: string
  readonly children: ReactNode
}) {
  return (
    <nav className="segmented" aria-label={label}>
      {children}
    </nav>
  )
}

export function Segmented<V extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: V
  readonly options: readonly { readonly value: V; readonly label: string }[]
  readonly onChange: (value: V) => void
}) {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
