'use client'
/** The map with its tools: colours, zoom, the image under the pointer, and the way to the images of a part. */
import Link from 'next/link'
import { useMemo, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Select } from '#lib/ui/field.tsx'
import { MapCanvas } from './map-canvas.tsx'
import { COLOUR_BY, colouredBy, type ColourBy } from './map-colours.ts'
import {
  areaOf,
  areaText,
  centreOf,
  isIn,
  moved,
  nearestTo,
  placeOn,
  WHOLE,
  zoomed,
  type Area,
  type MapImage,
} from './map-geometry.ts'
import { MapPreview } from './map-preview.tsx'

const STEP = 0.2
const FACTOR = 1.5
/** Of the width of the view. */
const REACH = 0.02
const NAMES: Readonly<Record<ColourBy, string>> = { class: 'Class', set: 'Set', problem: 'Problem' }
type Place = readonly [number, number]

const KEYS: Readonly<Record<string, (view: Area) => Area>> = {
  ArrowLeft: (view) => moved(view, [-STEP, 0]),
  ArrowRight: (view) => moved(view, [STEP, 0]),
  ArrowUp: (view) => moved(view, [0, -STEP]),
  ArrowDown: (view) => moved(view, [0, STEP]),
  '+': (view) => zoomed(view, FACTOR),
  '=': (view) => zoomed(view, FACTOR),
  '-': (view) => zoomed(view, 1 / FACTOR),
  '0': () => WHOLE,
}

type MapViewProps = {
  readonly classifier: string
  readonly classes: readonly string[]
  readonly points: readonly MapImage[]
  /** About the map, under its colours. */
  readonly children?: ReactNode
}

export function MapView({ classifier, classes, points, children }: MapViewProps) {
  const [by, setBy] = useState<ColourBy>('class')
  const [isMoving, setIsMoving] = useState(false)
  const [view, setView] = useState(WHOLE)
  const [start, setStart] = useState<Place | null>(null)
  const [drawn, setDrawn] = useState<Area | null>(null)
  const [marked, setMarked] = useState<MapImage | null>(null)
  const { of, legend } = useMemo(() => colouredBy(by, points, classes), [by, points, classes])
  const part = drawn ?? view
  const count = points.filter((point) => isIn(point, part)).length
  const show = (next: Area) => {
    setView(next)
    setDrawn(null)
  }
  const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent): Place => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect()
    return placeOn(view, [(clientX - left) / width, (clientY - top) / height])
  }
  const onPointerMove = (event: PointerEvent) => {
    const place = placeOf(event)
    if (start === null) return setMarked(nearestTo(points, place, REACH * (view.right - view.left)))
    if (!isMoving) return setDrawn(areaOf(start, place))
    // the place that was pressed stays under the pointer
    const width = view.right - view.left
    setView(moved(view, [(start[0] - place[0]) / width, (start[1] - place[1]) / width]))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return // of the browser: zoom, back
    const next = KEYS[event.key]?.(view)
    if (!next) return
    event.preventDefault()
    show(next)
    setMarked(nearestTo(points, centreOf(next), 1))
  }
  return (
    <section className="map" aria-label="Map">
      <div className="map-tools">
        <Select
          label="Colours"
          options={COLOUR_BY.map((value) => ({ value, label: NAMES[value] }))}
          value={by}
          onChange={(event) => setBy(COLOUR_BY.find((one) => one === event.target.value) ?? 'class')}
        />
        <Button size="small" aria-pressed={isMoving} onClick={() => setIsMoving(!isMoving)}>
          Move
        </Button>
        <Button size="small" onClick={() => show(zoomed(view, FACTOR))}>
          Zoom in
        </Button>
        <Button size="small" onClick={() => show(zoomed(view, 1 / FACTOR))}>
          Zoom out
        </Button>
        <Button size="small" onClick={() => show(WHOLE)}>
          Whole map
        </Button>
        <Link
          href={classifierPage(classifier, 'images', { area: areaText(part) })}
          {...buttonProps({ size: 'small', variant: 'primary' })}
        >
          {drawn ? 'Selected' : 'In view'}: {counted(count, 'image')}
        </Link>
      </div>
      <div className="map-frame">
        <MapCanvas
          points={points}
          view={view}
          colourOf={of}
          drawn={drawn}
          marked={marked}
          tabIndex={0}
          role="application"
          aria-label={
            `${counted(points.length, 'image')} on a map. Arrow keys move it, plus and minus zoom, 0 shows all. ` +
            'The link above opens the images in view.'
          }
          data-is-moving={isMoving || undefined}
          onKeyDown={onKeyDown}
          onZoom={(factor, place) => show(zoomed(view, factor, placeOn(view, place)))}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId)
            setStart(placeOf(event))
            setDrawn(null)
          }}
          onPointerMove={onPointerMove}
          onPointerUp={() => setStart(null)}
          onPointerCancel={() => {
            // a finger scrolls the page: the little that it drew before is no selection
            setStart(null)
            setDrawn(null)
          }}
          onPointerLeave={() => setMarked(null)}
        />
        <MapPreview point={marked} classes={classes} />
      </div>
      <ul className="map-legend" aria-label="Colours">
        {legend.map(({ name, colour, count: own }) => (
          <li key={name} data-series={colour < 0 ? 'none' : colour + 1}>
            {name} ({own.toLocaleString('en-GB')})
          </li>
        ))}
      </ul>
      {children}
    </section>
  )
}
