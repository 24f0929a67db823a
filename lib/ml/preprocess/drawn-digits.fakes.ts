/** Images of digits that code draws: strokes on paper, with lines, light and noise. */
import type { RgbImage } from '#lib/domain/image.ts'

export type Rgb = readonly [number, number, number]
type Point = readonly [x: number, y: number]
/** Corners of the strokes in a box of one by one. */
export const STROKES = {
  seven: [
    [
      [0.1, 0],
      [0.9, 0],
      [0.4, 1],
    ],
  ],
  four: [
    [
      [0.6, 0],
      [0, 0.65],
      [1, 0.65],
    ],
    [
      [0.7, 0.3],
      [0.7, 1],
    ],
  ],
  eight: [
    [
      [0.5, 0.5],
      [0.05, 0.25],
      [0.3, 0],
      [0.7, 0],
      [0.95, 0.25],
      [0.5, 0.5],
      [0, 0.75],
      [0.3, 1],
      [0.7, 1],
      [1, 0.75],
      [0.5, 0.5],
    ],
  ],
} as const satisfies Record<string, readonly (readonly Point[])[]>

export type DigitDrawing = {
  readonly strokes: readonly (readonly Point[])[]
  /** The box of the strokes' middle lines, in pixels. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  readonly thickness: number
  readonly colour: Rgb
}

export const drawnImage = (width: number, height: number, at: (x: number, y: number) => Rgb): RgbImage => {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(
        at(x, y).map((value) => Math.max(0, Math.min(255, Math.round(value)))),
        (y * width + x) * 3,
      )
  return { width, height, data }
}

/** Over what `ground` shows; edges are antialiased. */
export const drawn =
  (ground: (x: number, y: number) => Rgb, { strokes, box, thickness, colour }: DigitDrawing) =>
  (x: number, y: number): Rgb => {
    const lines = strokes.flatMap((points) =>
      points.slice(1).map((to, i) => [placed(points[i]!, box), placed(to, box)] as const),
    )
    const distance = Math.min(...lines.map(([from, to]) => distanceTo([x + 0.5, y + 0.5], from, to)))
    const share = Math.max(0, Math.min(1, thickness / 2 + 0.5 - distance))
    const under = ground(x, y)
    const mixed = (c: 0 | 1 | 2): number => under[c] * (1 - share) + colour[c] * share
    return [mixed(0), mixed(1), mixed(2)]
  }

const placed = ([x, y]: Point, box: DigitDrawing['box']): Point => [
  box.x + x * box.width,
  box.y + y * box.height,
]

function distanceTo([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
  return Math.hypot(x - ax - share * dx, y - ay - share * dy)
}

/** −1 to 1, the same for the same place. */
export function grain(x: number, y: number): number {
  let state = (Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca6b)) >>> 0
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0
  return ((state ^ (state >>> 15)) >>> 0) / 2 ** 31 - 1
}
