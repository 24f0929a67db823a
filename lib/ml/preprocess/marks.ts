/** The connected marks of a mask of ink, and which of them together are one digit. */
import type { Window } from './resize.ts'

/** 1 where there is ink. */
export type Mask = { readonly width: number; readonly height: number; readonly ink: Uint8Array }
export type Mark = { readonly box: Window; readonly area: number; readonly label: number }
export type Marks = { readonly marks: readonly Mark[]; readonly labels: Int32Array }

const SPECK = 0.03 // a mark of less than this share of the longest one's area is dirt
const NEAR = 0.15 // parts of a digit lie within this share of its longer side from each other
const RIVAL_SIDE = 0.5 // another mark of at least this share of the height …
const RIVAL_AREA = 0.3 // … and of the area is another digit when it stands next to the first
const APART = 0.25 // share of the narrower one's extent that two digits side by side may have in common

/** Eight-connected marks, the longest first. */
export function marksOf({ width, height, ink }: Mask): Marks {
  const labels = new Int32Array(width * height)
  const marks: Mark[] = []
  const stack = new Int32Array(width * height)
  for (let start = 0; start < ink.length; start++) {
    if (!ink[start] || labels[start]) continue
    const label = marks.length + 1
    let [left, right, top, bottom, area, depth] = [width, -1, height, -1, 0, 0]
    stack[depth++] = start
    labels[start] = label
    while (depth > 0) {
      const at = stack[--depth]!
      const x = at % width
      const y = (at - x) / width
      area += 1
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx
          if (!ink[next] || labels[next]) continue
          labels[next] = label
          stack[depth++] = next
        }
    }
    marks.push({ box: { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }, area, label })
  }
  return { marks: marks.toSorted((a, b) => longer(b.box) - longer(a.box)), labels }
}

/** Twice the area through the outline, which diagonal steps make 4/π times too long. */
export function thicknessOf({ width, height, ink }: Mask): number {
  let [area, outline] = [0, 0]
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      if (!ink[at]) continue
      area += 1
      if (x === 0 || !ink[at - 1]) outline += 1
      if (x === width - 1 || !ink[at + 1]) outline += 1
      if (y === 0 || !ink[at - width]) outline += 1
      if (y === height - 1 || !ink[at + width]) outline += 1
    }
  return area === 0 ? 0 : (2 * area) / (outline * (Math.PI / 4))
}

/** The parts of the digit that the longest mark belongs to, and whether others stand next to it; null where there is
 *  nothing larger than dirt.
 *  @param fewest pixels that the longer side of a digit has */
export function digitAmong(
  marks: readonly Mark[],
  fewest: number,
): { readonly parts: readonly Mark[]; readonly box: Window; readonly areSeveral: boolean } | null {
  const [main] = marks
  if (!main || longer(main.box) < fewest) return null
  const others = marks.slice(1).filter(({ area }) => area >= main.area * SPECK)
  const areSeveral = others.some((other) => isRival(main, other))
  const parts = [main]
  let box = main.box
  let left = others
  for (;;) {
    const near = left.filter((other) => gap(box, other.box) <= NEAR * longer(box))
    if (near.length === 0) return { parts, box, areSeveral }
    parts.push(...near)
    box = near.reduce((all, other) => union(all, other.box), box)
    left = left.filter((other) => !near.includes(other))
  }
}

function isRival(main: Mark, other: Mark): boolean {
  if (other.area < main.area * RIVAL_AREA) return false
  const isTall = other.box.height >= main.box.height * RIVAL_SIDE
  if (isTall && common(main.box.x, main.box.width, other.box.x, other.box.width) < APART) return true
  const isWide = other.box.width >= main.box.width * RIVAL_SIDE
  return isTall && isWide && common(main.box.y, main.box.height, other.box.y, other.box.height) < APART
}

const common = (a: number, aLength: number, b: number, bLength: number): number =>
  (Math.min(a + aLength, b + bLength) - Math.max(a, b)) / Math.min(aLength, bLength)

export const longer = ({ width, height }: Window): number => Math.max(width, height)

function gap(a: Window, b: Window): number {
  const across = Math.max(a.x, b.x) - Math.min(a.x + a.width, b.x + b.width)
  const down = Math.max(a.y, b.y) - Math.min(a.y + a.height, b.y + b.height)
  return Math.max(0, across, down)
}

function union(a: Window, b: Window): Window {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}
