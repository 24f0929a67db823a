'use client'
/** A drawing area for finger, pen or mouse. It emits a PNG after the last stroke, and recognises nothing. */
import { useRef, useState, type PointerEvent } from 'react'
import { Button } from './button.tsx'

const SIDE = 280 // pixels: ten for each of a digit's 28
const INK_WIDTH = 22 // about two of those 28, as in the handwritten digits of MNIST
const PAPER = '#fffdf8'
const INK = '#1f1815'
const PAUSE_MS = 450 // a second stroke usually starts sooner

export function DrawingPad({
  label,
  onDrawn,
}: {
  readonly label: string
  readonly onDrawn: (image: Blob) => void
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined)
  const [hasInk, setHasInk] = useState(false)

  const context = () => canvas.current?.getContext('2d') ?? null
  const place = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return [
      ((event.clientX - box.left) / box.width) * SIDE,
      ((event.clientY - box.top) / box.height) * SIDE,
    ] as const
  }
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    const ink = context()
    if (!ink) return
    clearTimeout(pause.current)
    event.currentTarget.setPointerCapture(event.pointerId)
    if (!hasInk) clear(ink)
    Object.assign(ink, { strokeStyle: INK, lineWidth: INK_WIDTH, lineCap: 'round', lineJoin: 'round' })
    ink.beginPath()
    ink.moveTo(...place(event))
    ink.lineTo(...place(event))
    ink.stroke()
    setHasInk(true)
  }
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons === 0) return
    const ink = context()
    ink?.lineTo(...place(event))
    ink?.stroke()
  }
  const end = () => {
    clearTimeout(pause.current)
    pause.current = setTimeout(
      () =>
        canvas.current?.toBlob((png) => {
          if (png) onDrawn(png)
        }, 'image/png'),
      PAUSE_MS,
    )
  }
  const wipe = () => {
    clearTimeout(pause.current)
    const ink = context()
    if (ink) clear(ink)
    setHasInk(false)
  }

  return (
    <div className="drawing-pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label={label}
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
      />
      <Button onClick={wipe} disabled={!hasInk}>
        Clear
      </Button>
    </div>
  )
}

function clear(ink: CanvasRenderingContext2D): void {
  ink.fillStyle = PAPER
  ink.fillRect(0, 0, SIDE, SIDE)
}
