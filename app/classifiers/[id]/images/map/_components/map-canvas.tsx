'use client'
/** The canvas of the map: draws the images as dots in the colours of the tokens, redrawn when the theme changes. */
import { useEffect, useRef, type CanvasHTMLAttributes } from 'react'
import { SERIES } from './map-colours.ts'
import type { Area, MapImage } from './map-geometry.ts'

const FEWEST_PIXELS = 2
const MOST_PIXELS = 5
/** So many dots of the largest size do not hide each other. */
const SPARSE = 400
const WHEEL_FACTOR = 1.2
const FULL_TURN = 2 * Math.PI

type MapCanvasProps = {
  readonly points: readonly MapImage[]
  readonly view: Area
  readonly colourOf: (point: MapImage) => number
  readonly drawn: Area | null
  readonly marked: MapImage | null
  /** By the wheel with Ctrl; the place is given in shares of the size of the canvas. */
  readonly onZoom: (factor: number, place: readonly [number, number]) => void
} & CanvasHTMLAttributes<HTMLCanvasElement>

export function MapCanvas({ points, view, colourOf, drawn, marked, onZoom, ...more }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const element = canvas.current!
    const draw = () => paint(element, { points, view, colourOf, drawn, marked })
    draw()
    const resized = new ResizeObserver(draw)
    resized.observe(element)
    // Without Ctrl, the wheel scrolls the page; React's own listeners cannot keep the browser from zooming it.
    const turned = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return
      event.preventDefault()
      const { left, top, width, height } = element.getBoundingClientRect()
      const place = [(event.clientX - left) / width, (event.clientY - top) / height] as const
      onZoom(event.deltaY < 0 ? WHEEL_FACTOR : 1 / WHEEL_FACTOR, place)
    }
    element.addEventListener('wheel', turned, { passive: false })
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', draw)
    const themed = new MutationObserver(draw)
    themed.observe(document.documentElement, { attributes: true })
    return () => {
      resized.disconnect()
      element.removeEventListener('wheel', turned)
      dark.removeEventListener('change', draw)
      themed.disconnect()
    }
  })
  return <canvas ref={canvas} className="map-canvas" {...more} />
}

function paint(
  element: HTMLCanvasElement,
  {
    points,
    view,
    colourOf,
    drawn,
    marked,
  }: Pick<MapCanvasProps, 'points' | 'view' | 'colourOf' | 'drawn' | 'marked'>,
): void {
  const scale = devicePixelRatio
  const { clientWidth: width, clientHeight: height } = element
  element.width = width * scale
  element.height = height * scale
  const context = element.getContext('2d')
  if (!context) return
  context.scale(scale, scale)
  const styles = getComputedStyle(element)
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim()
  const colours = Array.from({ length: SERIES }, (_, i) => token(`series-${i + 1}`))
  const muted = token('line-strong')
  const x = (value: number) => ((value - view.left) / (view.right - view.left)) * width
  const y = (value: number) => ((value - view.top) / (view.bottom - view.top)) * height
  const zoom = 1 / (view.right - view.left)
  const size = Math.max(
    FEWEST_PIXELS,
    Math.min(MOST_PIXELS, MOST_PIXELS * Math.sqrt((SPARSE / points.length) * zoom)),
  )
  const dot = (point: MapImage, radius: number) => {
    context.beginPath()
    context.arc(x(point.x), y(point.y), radius, 0, FULL_TURN)
  }
  context.globalAlpha = 0.75
  // muted dots first: the others matter
  for (const isMuted of [true, false])
    for (const point of points) {
      const colour = colourOf(point)
      if (colour < 0 !== isMuted) continue
      context.fillStyle = colours[colour] ?? muted
      dot(point, size)
      context.fill()
    }
  context.globalAlpha = 1
  context.strokeStyle = token('ink')
  context.lineWidth = 2
  if (marked) {
    dot(marked, size + 4)
    context.stroke()
  }
  if (drawn)
    context.strokeRect(
      x(drawn.left),
      y(drawn.top),
      x(drawn.right) - x(drawn.left),
      y(drawn.bottom) - y(drawn.top),
    )
}
