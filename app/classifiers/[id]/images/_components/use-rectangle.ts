'use client'
/** Selecting by a rectangle that is drawn with the mouse. A press that hardly moves is a click, not a rectangle. */
import { useState, type PointerEvent, type RefObject } from 'react'
import type { Rectangle } from './grid-layout.ts'

const LEAST_MOVE = 6
/** Nearer to the edge than this, the grid scrolls. */
const EDGE = 24

type Parts = {
  readonly frame: RefObject<HTMLDivElement | null>
  /** Called while the rectangle changes; `isAdding`: Ctrl, ⌘ or Shift is held. */
  readonly onDrawn: (rectangle: Rectangle, isAdding: boolean) => void
}
type Corner = { readonly x: number; readonly y: number; readonly isDrawing: boolean }

export function useRectangle({ frame, onDrawn }: Parts) {
  const [start, setStart] = useState<Corner | null>(null)
  const [rectangle, setRectangle] = useState<Rectangle | null>(null)

  const pointOf = (event: PointerEvent) => {
    const element = frame.current!
    const box = element.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top + element.scrollTop }
  }

  return {
    rectangle,
    handlers: {
      onPointerDown: (event: PointerEvent) => {
        const corner = pointOf(event)
        const isOnScrollbar = corner.x >= (frame.current?.clientWidth ?? 0)
        if (event.button === 0 && event.pointerType === 'mouse' && !isOnScrollbar)
          setStart({ ...corner, isDrawing: false })
      },
      onPointerMove: (event: PointerEvent) => {
        if (!start) return
        const to = pointOf(event)
        if (!start.isDrawing && Math.hypot(to.x - start.x, to.y - start.y) < LEAST_MOVE) return
        const element = frame.current!
        if (!start.isDrawing) {
          element.setPointerCapture(event.pointerId)
          setStart({ ...start, isDrawing: true })
        }
        const box = element.getBoundingClientRect()
        if (event.clientY > box.bottom - EDGE) element.scrollBy(0, EDGE)
        if (event.clientY < box.top + EDGE) element.scrollBy(0, -EDGE)
        const drawn = {
          left: Math.min(start.x, to.x),
          top: Math.min(start.y, to.y),
          right: Math.max(start.x, to.x),
          bottom: Math.max(start.y, to.y),
        }
        setRectangle(drawn)
        onDrawn(drawn, event.ctrlKey || event.metaKey || event.shiftKey)
      },
      onPointerUp: () => {
        setStart(null)
        setRectangle(null)
      },
      onPointerCancel: () => {
        setStart(null)
        setRectangle(null)
      },
    },
  }
}
