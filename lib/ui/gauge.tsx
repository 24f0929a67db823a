/** A figure that changes while one looks, with the line of its last minutes. The line repeats nothing that a
 *  reader of the number must know, so it is hidden from those who cannot see it. */
import { useId, type ReactNode } from 'react'

type GaugeProps = {
  readonly name: string
  readonly value: string
  readonly unit?: string
  readonly detail?: ReactNode
  /** Oldest first; a line needs two, and something known. */
  readonly points?: readonly (number | null)[]
  /** What the line's full height means; the largest point where it is left out. */
  readonly most?: number
}
const WIDTH = 100
const HEIGHT = 30

export function Gauge({ name, value, unit, detail, points = [], most }: GaugeProps) {
  const nameId = useId()
  const line = lineThrough(points, most)
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

/** Where nothing is known the line stays where it was. */
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
