/** Removes from a mask of ink what belongs to the paper: ruled lines, squares, frames. A line goes from one end of the
 *  image to the other and may be tilted; strokes that cross it stay. */
import { longer, marksOf, thicknessOf, type Mark, type Mask } from './marks.ts'

const COVERED = 0.8 // share of its path on which a line has ink
const STEEPEST = 0.1 // rise of a line over its length
const THICKEST = 0.06 // of the longer side; more is a stroke
const CROSSING = 1.6 // times the line's thickness: where the ink is thicker, a stroke crosses
const REMNANT = 2 // times the thickness of the lines
const MOST_LINES = 40
const MOST_REFUSED = 12 // paths that are strokes; then there are no lines
const FOLLOWED = 6 // pixels; a thicker run is a stroke, and says nothing about where the line goes
const STRIDE = 3 // steps along a path from one look to the next
const PALE = 0.65 // share of the strokes' level below which a single line is the paper's
const THIN = 0.5 // share of the strokes' thickness, likewise
const REST = 0.1 // of the longer side: what is left without the lines and is smaller, is nothing
const FRAME_SIDE = 0.3 // of the image's; a smaller rectangle is no frame
const FRAME_BAND = 0.08 // of the frame's side: how far its line strays
const FRAME_COVERED = 0.85

type Axis = 'across' | 'down'
type Line = {
  readonly axis: Axis
  readonly thickness: number
  readonly level: number
  readonly pixels: readonly number[]
}

/** @param levels of inkOf, to tell pale lines from ink */
export function withoutPaperLines(mask: Mask, levels: Uint8Array): Mask {
  return withoutFrame(withoutRules(mask, levels))
}

function withoutRules(mask: Mask, levels: Uint8Array): Mask {
  const working: Mask = { ...mask, ink: mask.ink.slice() }
  const lines = [...linesAlong('across', working, levels), ...linesAlong('down', working, levels)]
  if (lines.length === 0) return mask
  const rest = marksOf(working).marks[0]
  return arePaper(lines, { mask, working, levels, rest }) ? withoutRemnants(working, lines) : mask
}

/** What is left at the border of a line that is only half in the image. */
function withoutRemnants(mask: Mask, lines: readonly Line[]): Mask {
  const thickness = Math.max(...lines.map((line) => line.thickness))
  const { marks, labels } = marksOf(mask)
  const remnants = new Set(
    marks
      .filter(
        ({ box: { x, y, width, height } }) =>
          Math.min(width, height) <= REMNANT * thickness &&
          (x === 0 || y === 0 || x + width === mask.width || y + height === mask.height),
      )
      .map(({ label }) => label),
  )
  return { ...mask, ink: mask.ink.map((isInk, at) => (isInk && !remnants.has(labels[at]!) ? 1 : 0)) }
}

/** Whether the lines are the paper's and no strokes: several that are parallel, or one that is fainter or thinner than
 *  what else is there. A single upright line alone is a one. */
function arePaper(
  lines: readonly Line[],
  { mask, working, levels, rest }: { mask: Mask; working: Mask; levels: Uint8Array; rest: Mark | undefined },
): boolean {
  const across = lines.filter(({ axis }) => axis === 'across')
  const isNothingElse = !rest || longer(rest.box) < REST * Math.max(mask.width, mask.height)
  if (isNothingElse) return across.length > 0 || lines.length > 1
  if (across.length > 1 || lines.length - across.length > 1) return true
  const level = median([...levels.filter((_, at) => working.ink[at] === 1)])
  const thickness = thicknessOf(working)
  return lines.every((line) => line.level < PALE * level || line.thickness <= THIN * thickness)
}

/** Takes the lines out of `working` as it finds them. */
function linesAlong(axis: Axis, working: Mask, levels: Uint8Array): readonly Line[] {
  const view = viewOf(axis, working)
  const steepest = Math.round(STEEPEST * view.length)
  const thickest = Math.max(2, THICKEST * Math.max(view.length, view.breadth))
  const lines: Line[] = []
  if (!reachesBothEnds(view, working.ink)) return lines
  let rises = Array.from({ length: 2 * steepest + 1 }, (_, i) => i - steepest).sort(
    (a, b) => Math.abs(a) - Math.abs(b), // of equals, the level one
  )
  const refused = new Set<string>()
  while (lines.length < MOST_LINES && refused.size < MOST_REFUSED) {
    const best = bestPath(view, working.ink, { rises, refused })
    if (!best) return lines
    const runs = runsOn(view, working.ink, best)
    const thickness = median(runs.map((run) => run.length).filter((length) => length > 0))
    if (thickness > thickest) {
      refused.add(`${best.rise} ${best.start}`)
      continue
    }
    const pixels = runs.filter((run) => run.length <= CROSSING * thickness + 1).flat()
    if (pixels.length === 0) {
      refused.add(`${best.rise} ${best.start}`)
      continue
    }
    const level = median(pixels.map((at) => levels[at]!))
    for (const at of pixels) working.ink[at] = 0
    lines.push({ axis, thickness, level, pixels })
    rises = rises.filter((rise) => Math.abs(rise - best.rise) <= 2)
  }
  return lines
}

/** Ink near both ends, without which there is no line: most images are done with here. */
function reachesBothEnds(view: View, ink: Uint8Array): boolean {
  const near = Math.ceil(view.length * (1 - COVERED))
  const hasInk = (from: number, to: number): boolean => {
    for (let along = from; along < to; along++)
      for (let side = 0; side < view.breadth; side++) if (ink[view.at(along, side)]) return true
    return false
  }
  return hasInk(0, near) && hasInk(view.length - near, view.length)
}

type View = {
  readonly length: number
  readonly breadth: number
  readonly strideAlong: number
  readonly strideSide: number
  readonly at: (along: number, side: number) => number
}

const viewOf = (axis: Axis, { width, height }: Mask): View =>
  axis === 'across'
    ? {
        length: width,
        breadth: height,
        strideAlong: 1,
        strideSide: width,
        at: (along, side) => side * width + along,
      }
    : {
        length: height,
        breadth: width,
        strideAlong: width,
        strideSide: 1,
        at: (along, side) => along * width + side,
      }

type Path = { readonly rise: number; readonly start: number }

const sideOf = (view: View, { rise, start }: Path, along: number): number =>
  start + Math.round((rise * along) / view.length)

/** The path with the largest share of ink. Looks at every `STRIDE`th step only. */
function bestPath(
  { length, breadth, strideAlong, strideSide }: View,
  ink: Uint8Array,
  { rises, refused }: { readonly rises: readonly number[]; readonly refused: ReadonlySet<string> },
): Path | null {
  let best: Path | null = null
  let most = 0
  const stride = length >= 128 ? STRIDE : 1
  for (const rise of rises) {
    const before = Math.abs(rise)
    const counts = new Uint16Array(breadth + 2 * before + 1)
    const inside = new Uint16Array(counts.length)
    for (let along = 0; along < length; along += stride) {
      const shift = before - Math.round((rise * along) / length)
      let at = along * strideAlong
      for (let side = 0; side < breadth; side++, at += strideSide) {
        inside[side + shift]! += 1
        counts[side + shift]! += ink[at]!
      }
    }
    for (let i = 0; i < counts.length; i++) {
      const share = inside[i]! * stride < length * 0.5 ? 0 : counts[i]! / inside[i]!
      if (share < COVERED || share <= most || refused.has(`${rise} ${i - before}`)) continue
      most = share
      best = { rise, start: i - before }
    }
  }
  return best
}

/** At each step along the path, the pixels of ink across it that hang together with it. A line on a photograph is
 *  bent a little, so it is followed by at most half a pixel a step. */
function runsOn(view: View, ink: Uint8Array, path: Path): readonly (readonly number[])[] {
  let drift = 0
  return Array.from({ length: view.length }, (_, along) => {
    const side = sideOf(view, path, along) + Math.round(drift)
    const near = [side, side - 1, side + 1].find(
      (one) => one >= 0 && one < view.breadth && ink[view.at(along, one)] === 1,
    )
    if (near === undefined) return []
    let [from, to] = [near, near]
    while (from > 0 && ink[view.at(along, from - 1)]) from -= 1
    while (to < view.breadth - 1 && ink[view.at(along, to + 1)]) to += 1
    if (to - from < FOLLOWED) drift += Math.max(-0.5, Math.min(0.5, (from + to) / 2 - side))
    return Array.from({ length: to - from + 1 }, (__, i) => view.at(along, from + i))
  })
}

/** A rectangle around everything else, and what lies outside of it. */
function withoutFrame(mask: Mask): Mask {
  const { marks, labels } = marksOf(mask)
  const frame = marks.find(
    (mark) =>
      mark.box.width >= FRAME_SIDE * mask.width &&
      mark.box.height >= FRAME_SIDE * mask.height &&
      sidesOf(mark, mask, labels).every(isCovered),
  )
  if (!frame) return mask
  const ink = new Uint8Array(mask.ink.length)
  const { x, y, width, height } = frame.box
  for (let row = y; row < y + height; row++)
    for (let column = x; column < x + width; column++)
      ink[row * mask.width + column] = mask.ink[row * mask.width + column]!
  for (const side of sidesOf(frame, mask, labels)) {
    const thickness = median(side.runs.map((run) => run.length).filter((length) => length > 0))
    for (const run of side.runs) if (run.length <= CROSSING * thickness + 1) for (const at of run) ink[at] = 0
  }
  return { ...mask, ink }
}

type Side = { readonly runs: readonly (readonly number[])[] }

const isCovered = ({ runs }: Side): boolean =>
  runs.filter(({ length }) => length > 0).length >= FRAME_COVERED * runs.length

/** For each place along a side of a mark's box: its first ink within the band along that side. */
function sidesOf({ box, label }: Mark, { width }: Mask, labels: Int32Array): readonly Side[] {
  const inward = (length: number, breadth: number, at: (along: number, depth: number) => number): Side => {
    const band = Math.max(2, FRAME_BAND * breadth)
    return {
      runs: Array.from({ length }, (_, along) => {
        let from = 0
        while (from < band && labels[at(along, from)] !== label) from += 1
        if (from >= band) return []
        let to = from
        while (to + 1 < breadth && labels[at(along, to + 1)] === label) to += 1
        return Array.from({ length: to - from + 1 }, (__, i) => at(along, from + i))
      }),
    }
  }
  const at = (x: number, y: number): number => (box.y + y) * width + box.x + x
  return [
    inward(box.width, box.height, (along, depth) => at(along, depth)),
    inward(box.width, box.height, (along, depth) => at(along, box.height - 1 - depth)),
    inward(box.height, box.width, (along, depth) => at(depth, along)),
    inward(box.height, box.width, (along, depth) => at(box.width - 1 - depth, along)),
  ]
}

const median = (values: readonly number[]): number =>
  Float64Array.from(values).sort()[values.length >> 1] ?? 0
