'use client'
/** The size of the grid and how far it is scrolled. It renders again only when another row comes into view. */
import { useEffect, useRef, useState, type RefObject } from 'react'
import { gridLayout, visibleRange, type GridLayout, type PositionRange } from './grid-layout.ts'

export type GridView = {
  readonly frame: RefObject<HTMLDivElement | null>
  /** Null before the page has measured itself. */
  readonly layout: GridLayout | null
  readonly range: PositionRange
  readonly onScroll: () => void
}

export function useGridView(count: number): GridView {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [row, setRow] = useState(0)
  const [height, setHeight] = useState(0)
  const layout = width === 0 ? null : gridLayout(width, count)
  const rowHeight = layout?.rowHeight ?? 1

  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      setWidth(element.clientWidth)
      setHeight(element.clientHeight)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const onScroll = () => setRow(Math.floor((frame.current?.scrollTop ?? 0) / rowHeight))
  const range = layout
    ? visibleRange(layout, { top: row * rowHeight, height: height + rowHeight }, count)
    : { first: 0, end: Math.min(count, 60) }
  return { frame, layout, range, onScroll }
}
