/** A live figure with a sparkline of the last minutes. The line adds nothing essential to the number, so it is
 *  hidden from screen readers. */
import { useId, type ReactNode } from 'react'

type GaugeProps = {
  readonly name: string
  readonly value: string
  readonly unit?: string
  readonly detail?: ReactNode
  /** Oldest first; null where unknown. A line needs two points and one known value. */
  readonly points?: readonly (number | null)[]
  /** The value at full height; the largest point by default. */
  readonly max?: number
}
const WIDTH = 100
const HEIGHT = 30

export function Gauge({ name, value, unit, detail, points = [], max }: GaugeProps) {
  const nameId = useId()
  const line = lineThrough(points, max)
  return (
    <div className="gauge" role="group" aria-labelledby={nameId}>
      <span className="gauge-name" id={nameId}>
        {name}
      </span>
      <span className="gauge-value">
        {value}
        {unit && <small> {unit}</small>}
      </span>
      {detail && <span className="small muted">{detail}</span>}
      {line && (
        <svg
          className="gauge-line"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
          focusable="false"
        >
          <path className="gauge-area" d={`${line} L${WIDTH} ${HEIGHT} L0 ${HEIGHT} Z`} />
          <path d={line} />
        </svg>
      )}
    </div>
  )
}

/** At unknown points the line stays at the last known value. */
export function lineThrough(points: readonly (number | null)[], most: number | undefined): string | null {
  if (points.length < 2 || points.every((point) => point === null)) return null
  const top = Math.max(most ?? 0, ...points.map((point) => point ?? 0)) || 1
  let last = 0
  return points
    .map((point, i) => {
      last = point ?? last
      return (
        `${i === 0 ? 'M' : 'L'}${((i / (points.length - 1)) * WIDTH).toFixed(2)} ` +
        `${(HEIGHT - (last / top) * (HEIGHT - 1)).toFixed(2)}`
      )
    })
    .join(' ')
}
