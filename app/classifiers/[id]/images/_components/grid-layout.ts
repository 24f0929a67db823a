/** Where the images of a grid are, by arithmetic: all cells are equally large, so that a place follows from a position.
 *  With it, of 100,000 images only those in view are in the document. Lengths are CSS pixels. */

export const GAP = 8
/** Narrower cells would hide a label of one word. */
const LEAST_CELL = 104
/** The line with the label below each image. */
export const CAPTION = 28
/** Rows above and below the view that are in the document, too. */
const MORE_ROWS = 2

export type GridLayout = {
  readonly columns: number
  /** Width of a cell, which is also the height of its image. */
  readonly cell: number
  /** From one row to the next. */
  readonly rowHeight: number
  readonly rows: number
  readonly height: number
}

export function gridLayout(width: number, count: number): GridLayout {
  const columns = Math.max(2, Math.floor((width + GAP) / (LEAST_CELL + GAP)))
  const cell = Math.max(1, (width - (columns - 1) * GAP) / columns)
  const rowHeight = cell + CAPTION + GAP
  const rows = Math.ceil(count / columns)
  return { columns, cell, rowHeight, rows, height: Math.max(0, rows * rowHeight - GAP) }
}

/** Half-open: from `first` up to, but without, `end`. */
export type PositionRange = { readonly first: number; readonly end: number }

/** Positions of the images in view, and of some rows more. */
export function visibleRange(
  { columns, rowHeight, rows }: GridLayout,
  view: { readonly top: number; readonly height: number },
  count: number,
): PositionRange {
  const firstRow = Math.max(0, Math.floor(view.top / rowHeight) - MORE_ROWS)
  const endRow = Math.min(rows, Math.ceil((view.top + view.height) / rowHeight) + MORE_ROWS)
  return { first: Math.min(count, firstRow * columns), end: Math.max(0, Math.min(count, endRow * columns)) }
}

export const placeOf = (
  { columns, cell, rowHeight }: GridLayout,
  position: number,
): { readonly left: number; readonly top: number } => ({
  left: (position % columns) * (cell + GAP),
  top: Math.floor(position / columns) * rowHeight,
})

export type Rectangle = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Positions whose cells a rectangle touches. */
export function positionsIn(layout: GridLayout, rectangle: Rectangle, count: number): readonly number[] {
  const { columns, cell, rowHeight, rows } = layout
  const firstRow = Math.max(0, Math.floor((rectangle.top + GAP) / rowHeight))
  const lastRow = Math.min(rows - 1, Math.floor(rectangle.bottom / rowHeight))
  const firstColumn = Math.max(0, Math.floor((rectangle.left + GAP) / (cell + GAP)))
  const lastColumn = Math.min(columns - 1, Math.floor(rectangle.right / (cell + GAP)))
  const positions: number[] = []
  for (let row = firstRow; row <= lastRow; row++)
    for (let column = firstColumn; column <= lastColumn; column++)
      if (row * columns + column < count) positions.push(row * columns + column)
  return positions
}

/** How far to scroll so that a position is in view; the same place where it is already. */
export function scrollTo(
  { columns, rowHeight }: GridLayout,
  position: number,
  view: { readonly top: number; readonly height: number },
): number {
  const top = Math.floor(position / columns) * rowHeight
  if (top < view.top) return top
  const bottom = top + rowHeight - GAP
  return bottom > view.top + view.height ? bottom - view.height : view.top
}
