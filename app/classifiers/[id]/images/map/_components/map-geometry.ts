/** Which part of the map is shown, and which images are in a part. Pure: the canvas draws, the page says what was
 *  pressed. */
import type { MapAnswer } from './map-types.ts'

export type MapImage = MapAnswer['points'][number]
/** On the map, 0 to 1. */
export type Area = {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** With a margin, so that no image is cut off. */
export const WHOLE: Area = { left: -0.03, top: -0.03, right: 1.03, bottom: 1.03 }
const MOST_ZOOM = 200

const widthOf = ({ left, right }: Area): number => right - left

/** Around a place of the view that stays where it is; `factor` above 1: nearer. */
export function zoomed(view: Area, factor: number, [x, y]: readonly [number, number] = centreOf(view)): Area {
  const width = Math.min(widthOf(WHOLE), Math.max(widthOf(WHOLE) / MOST_ZOOM, widthOf(view) / factor))
  const scale = width / widthOf(view)
  return moved(
    {
      left: x - (x - view.left) * scale,
      right: x + (view.right - x) * scale,
      top: y - (y - view.top) * scale,
      bottom: y + (view.bottom - y) * scale,
    },
    [0, 0],
  )
}

export const centreOf = ({ left, right, top, bottom }: Area): readonly [number, number] => [
  (left + right) / 2,
  (top + bottom) / 2,
]

/** By shares of its size; it does not leave the map. */
export function moved(view: Area, [x, y]: readonly [number, number]): Area {
  const [width, height] = [widthOf(view), view.bottom - view.top]
  const left = within(view.left + x * width, WHOLE.left, WHOLE.right - width)
  const top = within(view.top + y * height, WHOLE.top, WHOLE.bottom - height)
  return { left, top, right: left + width, bottom: top + height }
}

const within = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(Math.max(low, high), value))

/** From a place on the canvas, as shares of its size, to one on the map. */
export const placeOn = (view: Area, [x, y]: readonly [number, number]): readonly [number, number] => [
  view.left + x * widthOf(view),
  view.top + y * (view.bottom - view.top),
]

export const areaOf = (a: readonly [number, number], b: readonly [number, number]): Area => ({
  left: Math.min(a[0], b[0]),
  right: Math.max(a[0], b[0]),
  top: Math.min(a[1], b[1]),
  bottom: Math.max(a[1], b[1]),
})

export const isIn = ({ x, y }: Pick<MapImage, 'x' | 'y'>, { left, top, right, bottom }: Area): boolean =>
  x >= left && x <= right && y >= top && y <= bottom

/** The nearest image to a place, if it is near enough. */
export function nearestTo(
  points: readonly MapImage[],
  [x, y]: readonly [number, number],
  reach: number,
): MapImage | null {
  let best: MapImage | null = null
  let least = reach ** 2
  for (const point of points) {
    const squared = (point.x - x) ** 2 + (point.y - y) ** 2
    if (squared > least) continue
    least = squared
    best = point
  }
  return best
}

/** As the filter `area` of the image list takes it, rounded outwards so that it has the images that are shown. */
export const areaText = ({ left, top, right, bottom }: Area): string => {
  const text = (value: number, round: (n: number) => number) =>
    String(Math.min(1, Math.max(0, round(value * 1e4) / 1e4)))
  return [
    text(left, Math.floor),
    text(top, Math.floor),
    text(right, Math.ceil),
    text(bottom, Math.ceil),
  ].join(',')
}
