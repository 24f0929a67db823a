'use client'
/** The canvas of a chart in the colours of the tokens, with the values under the pointer; redrawn when its size
 *  or the theme changes, and for print. */
import { useEffect, useRef, useState, type PointerEvent } from 'react'
import { valueText, visibleLabels, type ChartProps } from './chart-props.ts'
import { drawChart, seriesColour, type Plot } from './draw-chart.ts'
import { onThemeChange } from './theme-switch.tsx'

export function ChartCanvas(props: ChartProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const plot = useRef<Plot>(null)
  const [marked, setMarked] = useState<{ index: number; x: number; width: number } | null>(null)
  useEffect(() => {
    const element = canvas.current!
    const draw = () => {
      plot.current = drawOn(element, props) ?? null
    }
    const resized = new ResizeObserver(draw) // calls it first when the canvas is shown, which a closed fold delays
    resized.observe(element)
    const stopTheme = onThemeChange(draw)
    const paper = matchMedia('print')
    paper.addEventListener('change', draw)
    return () => {
      resized.disconnect()
      stopTheme()
      paper.removeEventListener('change', draw)
    }
  })
  const onPointerMove = ({ clientX, currentTarget }: PointerEvent) => {
    if (!plot.current) return
    const { left, width } = currentTarget.getBoundingClientRect()
    const index = plot.current.indexAt(clientX - left)
    if (index !== marked?.index) setMarked({ index, x: plot.current.xOf(index), width })
  }
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${props.title}. ${props.description}`}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setMarked(null)}
      />
      {marked && <ValuesAt {...props} {...marked} />}
    </>
  )
}

/** Hidden from screen readers, which have the table. */
function ValuesAt(
  props: ChartProps & { readonly index: number; readonly x: number; readonly width: number },
) {
  const { series, index, x, width, isShare = false } = props
  const label = visibleLabels(props)[index]
  if (label === undefined) return null
  const side = x > width / 2 ? { right: width - x + 8 } : { left: x + 8 }
  return (
    <div className="chart-values" style={side} aria-hidden>
      <strong>{label}</strong>
      {series.map(({ name, values }, i) => {
        const value = values[index]
        if (value === null || value === undefined) return null
        return (
          <span key={name} style={{ borderColor: `var(--${seriesColour(i)})` }}>
            {name}: {valueText(value, isShare)}
          </span>
        )
      })}
    </div>
  )
}

function drawOn(element: HTMLCanvasElement, chart: ChartProps): Plot | undefined {
  const { clientWidth: width, clientHeight: height } = element
  const ink = element.getContext('2d')
  if (!ink || width === 0 || height === 0) return undefined
  element.width = Math.round(width * devicePixelRatio)
  element.height = Math.round(height * devicePixelRatio)
  ink.scale(devicePixelRatio, devicePixelRatio)
  const styles = getComputedStyle(element)
  return drawChart(ink, chart, {
    width,
    height,
    font: `12px ${styles.fontFamily}`,
    colour: (token) => styles.getPropertyValue(`--${token}`).trim(),
  })
}
