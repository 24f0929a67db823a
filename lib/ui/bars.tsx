/** The probabilities of all classes as bars, highest first; all but the first few are folded. */
import { counted } from '#lib/domain/text/count-text.ts'
import { FigureNumber } from './figure-number.tsx'

const MAX_VISIBLE = 10

export function Bars({
  label,
  probabilities,
}: {
  readonly label: string
  readonly probabilities: Readonly<Record<string, number>>
}) {
  const sorted = Object.entries(probabilities).sort((a, b) => b[1] - a[1])
  const rest = sorted.slice(MAX_VISIBLE)
  return (
    <div className="grid gap-2">
      <List label={label} entries={sorted.slice(0, MAX_VISIBLE)} isFirst />
      {rest.length > 0 && (
        <details>
          <summary className="small muted">{counted(rest.length, 'more class', 'more classes')}</summary>
          <div className="mt-2">
            <List label={`${label}, continued`} entries={rest} />
          </div>
        </details>
      )}
    </div>
  )
}

function List({
  label,
  entries,
  isFirst = false,
}: {
  label: string
  entries: readonly (readonly [string, number])[]
  isFirst?: boolean
}) {
  return (
    <ul className="bars" aria-label={label}>
      {entries.map(([name, share], i) => (
        <li key={name} data-first={isFirst && i === 0}>
          <span>{name}</span>
          <span className="bars-track" aria-hidden="true">
            <span className="bars-fill" style={{ width: `${share * 100}%` }} />
          </span>
          <span className="bars-value">
            <FigureNumber share={share} />
          </span>
        </li>
      ))}
    </ul>
  )
}
