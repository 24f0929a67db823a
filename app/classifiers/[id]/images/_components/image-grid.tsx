'use client'
/** The grid of images: a list box of which only what is in view is in the document. It selects and reports keys; what
 *  is done with the images, images-view.tsx decides. */
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import { moved, commandOf, type KeyCommand } from './key-commands.ts'
import { placeOf, positionsIn, scrollTo, type Rectangle } from './grid-layout.ts'
import { cellId, SampleCell } from './sample-cell.tsx'
import {
  extendedFrom,
  framed,
  isSelected,
  NOTHING,
  only,
  ranged,
  rangeTo,
  toggled,
  type Selection,
} from './selection.ts'
import { useGridView } from './use-grid-view.ts'
import { useRectangle } from './use-rectangle.ts'
import type { SamplePages } from './use-sample-pages.ts'

type ImageGridProps = {
  readonly pages: SamplePages
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
  /** Position of the image that the keyboard acts on. */
  readonly current: number
  readonly onCurrent: (position: number) => void
  readonly onOpen: (position: number) => void
  /** Commands that change images or show something; not moves. */
  readonly onCommand: (command: KeyCommand) => void
}

export function ImageGrid(props: ImageGridProps) {
  const { pages, selection, onSelect, current, onCurrent, onOpen, onCommand } = props
  const { total } = pages
  const { frame, layout, range, onScroll } = useGridView(total)
  const drawnFrom = useRef<Selection | null>(null)
  const isDrawn = useRef(false)

  const { show } = pages
  useEffect(() => show({ first: range.first, end: range.end }), [show, range.first, range.end])

  const view = () => ({ top: frame.current?.scrollTop ?? 0, height: frame.current?.clientHeight ?? 0 })
  const rowHeight = layout?.rowHeight
  useLayoutEffect(() => {
    if (layout) frame.current?.scrollTo({ top: scrollTo(layout, current, view()), behavior: 'instant' })
    // only when the keyboard moves, or the grid is measured: scrolling by hand must not jump back
  }, [current, rowHeight]) // eslint-disable-line react-hooks/exhaustive-deps

  const { rectangle, handlers } = useRectangle({
    frame,
    onDrawn(drawn: Rectangle, isAdding) {
      if (!layout) return
      drawnFrom.current ??= isAdding ? selection : NOTHING
      isDrawn.current = true
      const positions = positionsIn(layout, drawn, total)
      const ids = positions.flatMap((position) => pages.at(position)?.id ?? [])
      onSelect(framed(drawnFrom.current, ids, positions[0] ?? current))
    },
  })

  const selectRange = async (position: number) => {
    const from = extendedFrom(selection, current)
    onSelect(ranged(from, await pages.idsIn(rangeTo(from, position))))
  }

  /** A click follows a drawn rectangle, unless the pointer is released outside of the page. */
  const onPress = () => {
    isDrawn.current = false
    drawnFrom.current = null
  }
  const onClick = (event: MouseEvent) => {
    if (isDrawn.current) return
    const position = positionAt(event)
    const sample = position === null ? undefined : pages.at(position)
    if (position === null || !sample) return
    onCurrent(position)
    if (event.shiftKey) void selectRange(position)
    else
      onSelect(
        event.ctrlKey || event.metaKey ? toggled(selection, sample.id, position) : only(sample.id, position),
      )
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const command = commandOf(event)
    if (!command) return
    event.preventDefault()
    const sample = pages.at(current)
    if (command.kind === 'toggle') {
      if (sample) onSelect(toggled(selection, sample.id, current))
    } else if (command.kind === 'open') onOpen(current)
    else if (command.kind === 'move') {
      const rowsInView = Math.max(1, Math.floor(view().height / (layout?.rowHeight ?? 1)))
      const to = moved(current, command.by, { columns: layout?.columns ?? 1, rowsInView, count: total })
      onCurrent(to)
      if (event.shiftKey) void selectRange(to)
    } else onCommand(command)
  }

  const positions = Array.from({ length: range.end - range.first }, (_, i) => range.first + i)
  return (
    <div
      ref={frame}
      className="image-grid"
      role="listbox"
      tabIndex={0}
      aria-label="Images"
      aria-multiselectable
      aria-activedescendant={current >= range.first && current < range.end ? cellId(current) : undefined}
      onScroll={onScroll}
      onPointerDownCapture={onPress}
      onClick={onClick}
      onDoubleClick={(event) => {
        const position = positionAt(event)
        if (position !== null) onOpen(position)
      }}
      onKeyDown={onKeyDown}
      {...handlers}
    >
      <div
        role="presentation"
        className="image-grid-content"
        data-measured={layout !== null}
        style={{ height: layout?.height }}
      >
        {positions.map((position) => {
          const sample = pages.at(position)
          return (
            <SampleCell
              key={position}
              sample={sample}
              position={position}
              total={total}
              place={
                layout
                  ? { ...placeOf(layout, position), width: layout.cell }
                  : { left: 0, top: 0, width: 104 }
              }
              isSelected={sample !== undefined && isSelected(selection, sample.id)}
              isCurrent={position === current}
            />
          )
        })}
        {rectangle && (
          <span
            className="image-grid-rectangle"
            style={{
              left: rectangle.left,
              top: rectangle.top,
              width: rectangle.right - rectangle.left,
              height: rectangle.bottom - rectangle.top,
            }}
          />
        )}
      </div>
    </div>
  )
}

function positionAt({ target }: { readonly target: EventTarget }): number | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-position]') : null
  return cell ? Number(cell.dataset.position) : null
}
