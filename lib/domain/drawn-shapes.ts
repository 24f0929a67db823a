/** Six shapes drawn by code: the same name and seed give the same 32 × 32 image on every machine. They feed
 *  the classifier `shapes`, golden images and tests; nothing here depends on a clock, a file or chance. */
import type { RgbImage } from './image.ts'

export const SHAPES = ['circle', 'square', 'triangle', 'star', 'cross', 'ring'] as const
export type ShapeName = (typeof SHAPES)[number]

export const SHAPE_SIDE = 32
/** Half of a shape's width, in pixels. */
const RADIUS = { least: 8, most: 12.5 }
/** Minimum difference of ink and background in grey levels (0–255): lower is harder. */
const LEAST_CONTRAST = 62
const MOST_NOISE = 11
const MOST_LINES = 1
const MOST_STRETCH = 1.1
/** How far from the middle a shape may be, as a share of the available space. */
const STRAY = 0.7
/** Each pixel is the mean of this many points per side, which smooths the edges. */
const POINTS = 3

export function drawShape(shape: ShapeName, seed: number): RgbImage {
  const chance = chanceOf(seed * SHAPES.length + SHAPES.indexOf(shape))
  const between = (least: number, most: number): number => least + (most - least) * chance()
  const radius = between(RADIUS.least, RADIUS.most)
  const reach = (SHAPE_SIDE / 2 - radius * 0.9) * STRAY
  const centre = { x: SHAPE_SIDE / 2 + between(-reach, reach), y: SHAPE_SIDE / 2 + between(-reach, reach) }
  const turn = between(0, 2 * Math.PI)
  const cos = Math.cos(turn)
  const sin = Math.sin(turn)
  const stretch = between(1 / MOST_STRETCH, MOST_STRETCH)
  const { ink, ground } = colours(chance)
  const slope = { x: between(-1, 1), y: between(-1, 1) }
  const lines = Array.from({ length: Math.floor(between(0, MOST_LINES + 1)) }, () => line(chance))
  const noise = between(3, MOST_NOISE)
  const detail = between(0, 1)

  const data = new Uint8Array(SHAPE_SIDE * SHAPE_SIDE * 3)
  for (let y = 0, to = 0; y < SHAPE_SIDE; y++) {
    for (let x = 0; x < SHAPE_SIDE; x++, to += 3) {
      let cover = 0
      for (let k = 0; k < POINTS * POINTS; k++) {
        const dx = x + ((k % POINTS) + 0.5) / POINTS - centre.x
        const dy = y + (Math.floor(k / POINTS) + 0.5) / POINTS - centre.y
        const u = ((dx * cos + dy * sin) / radius) * stretch
        const v = (dy * cos - dx * sin) / radius / stretch
        if (INSIDE[shape](u, v, detail)) cover += 1 / (POINTS * POINTS)
      }
      const light = (x - SHAPE_SIDE / 2) * slope.x + (y - SHAPE_SIDE / 2) * slope.y
      const crossing = lines.find((one) => Math.abs(x * one.a + y * one.b - one.c) < 0.6)
      for (let c = 0; c < 3; c++) {
        const below = (crossing ?? { colour: ground }).colour[c]! + light
        const grain = (chance() + chance() + chance() - 1.5) * 2 * noise // approximately normal, with this deviation
        data[to + c] = Math.max(0, Math.min(255, Math.round(below + (ink[c]! - below) * cover + grain)))
      }
    }
  }
  return { width: SHAPE_SIDE, height: SHAPE_SIDE, data }
}

/** Whether a point is inside, in units of the radius; `detail` in [0, 1) varies thickness. */
const INSIDE: Readonly<Record<ShapeName, (u: number, v: number, detail: number) => boolean>> = {
  circle: (u, v) => u * u + v * v < 1,
  square: (u, v) => Math.max(Math.abs(u), Math.abs(v)) < 0.86,
  triangle: (u, v) => v > -0.6 && v < 1 - Math.abs(u) * 1.7,
  star: (u, v, detail) => {
    const angle = Math.atan2(u, v)
    const fifth = (2 * Math.PI) / 5
    const off = Math.abs(angle - Math.round(angle / fifth) * fifth)
    return inStarTip(Math.hypot(u, v), off, fifth / 2, 0.4 + detail * 0.1)
  },
  cross: (u, v, detail) =>
    Math.max(Math.abs(u), Math.abs(v)) < 1 && Math.min(Math.abs(u), Math.abs(v)) < 0.22 + detail * 0.14,
  ring: (u, v, detail) => u * u + v * v < 1 && u * u + v * v > (0.4 + detail * 0.25) ** 2,
}

/** The edge of a star is a straight line from a tip at distance 1 to a notch at `notch`, `half` a turn further. */
function inStarTip(distance: number, angle: number, half: number, notch: number): boolean {
  const x = distance * Math.cos(angle)
  const y = distance * Math.sin(angle)
  const notchX = notch * Math.cos(half)
  const notchY = notch * Math.sin(half)
  return (x - 1) * notchY - y * (notchX - 1) < 0
}

type Colour = readonly [number, number, number]

/** Two colours with different grey levels; either may be the brighter. */
function colours(chance: () => number): { ink: Colour; ground: Colour } {
  const colour = (): Colour => [30 + 195 * chance(), 30 + 195 * chance(), 30 + 195 * chance()]
  const grey = ([r, g, b]: Colour): number => 0.299 * r + 0.587 * g + 0.114 * b
  const ground = colour()
  for (let tries = 0; tries < 50; tries++) {
    const ink = colour()
    if (Math.abs(grey(ink) - grey(ground)) >= LEAST_CONTRAST) return { ink, ground }
  }
  return { ink: grey(ground) > 128 ? [20, 20, 20] : [235, 235, 235], ground }
}

/** A thin straight line at a random place, behind the shape: `a x + b y = c`. */
function line(chance: () => number): { a: number; b: number; c: number; colour: Colour } {
  const angle = chance() * Math.PI
  const a = Math.cos(angle)
  const b = Math.sin(angle)
  const c = chance() * SHAPE_SIDE * a + chance() * SHAPE_SIDE * b
  return { a, b, c, colour: [255 * chance(), 255 * chance(), 255 * chance()] }
}

/** mulberry32 (T. Ettinger, public domain). A copy, because lib/domain imports no other module. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
