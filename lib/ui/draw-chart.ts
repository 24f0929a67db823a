/** Draws a chart on a canvas: axes, bars or lines, and the legend, which a saved PNG then has too. No React here. */
import { fitting, labelStep, stackedSums, valueAxis, type ValueAxis } from './chart-scale.ts'
import { valueText, visibleLabels, type ChartProps } from './chart-props.ts'

const SERIES_COLOURS = 8
const LINE = 16 // px, of one line of text
const GAP = 8
const MARK_SPACE = 36 // px between two marks of the vertical axis
const LONGEST_LABEL = 96 // px; longer names are in the table
const DIAGONAL = Math.SQRT1_2 // labels that do not fit are turned by 45°
const GROUP = 0.8 // of the space of a label is filled by its bars
const WIDEST_BAR = 48
const MANY_POINTS = 40
const LEGEND_MARK = 14

export type Palette = { readonly colour: (token: string) => string; readonly font: string }
/** Where the values of a label were drawn; for the values under the pointer. */
export type Plot = {
  readonly top: number
  readonly bottom: number
  readonly xOf: (index: number) => number
  readonly indexAt: (x: number) => number
}
type Size = { readonly width: number; readonly height: number }
type Frame = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

export function drawChart(
  ink: CanvasRenderingContext2D,
  chart: ChartProps,
  { width, height, colour, font }: Size & Palette,
): Plot {
  const widthOf = (text: string) => ink.measureText(text).width
  ink.font = font
  ink.textBaseline = 'middle'
  ink.fillStyle = colour('surface') // opaque, so that a saved PNG is readable anywhere
  ink.fillRect(0, 0, width, height)
  const legend = legendRows(chart, width, widthOf)
  const marksWithin = (space: number) => axisOf(chart, Math.max(2, Math.floor(space / MARK_SPACE)))
  const axis = marksWithin(height - legend.length * LINE - 3 * LINE)
  const isShare = chart.isShare ?? false
  const marksWidth = LINE + GAP + Math.max(...axis.marks.map((mark) => widthOf(valueText(mark, isShare))))
  const labels = labelsWithin(visibleLabels(chart), width - marksWidth - GAP, widthOf)
  const frame = {
    left: Math.max(marksWidth, labels.reach + LINE),
    right: width - GAP,
    top: GAP,
    bottom: height - legend.length * LINE - labels.height - LINE - GAP,
  }
  const count = Math.max(1, labels.texts.length)
  const slot = (frame.right - frame.left) / count
  const xOf = (index: number) => frame.left + (index + 0.5) * slot
  const share = (value: number) => (value - axis.low) / (axis.high - axis.low)
  const yOf = (value: number) => frame.bottom - share(value) * (frame.bottom - frame.top)

  drawAxes(ink, { chart, frame, axis, yOf, colour })
  drawLabels(ink, { labels, frame, xOf, colour, name: chart.labelName })
  if (chart.kind === 'bar') drawBars(ink, { chart, slot, xOf, yOf, colour })
  else drawLines(ink, { chart, xOf, yOf, colour })
  drawLegend(ink, { rows: legend, top: height - legend.length * LINE, chart, width, colour })
  return {
    top: frame.top,
    bottom: frame.bottom,
    xOf,
    indexAt: (x) => Math.max(0, Math.min(count - 1, Math.floor((x - frame.left) / slot))),
  }
}

export const seriesColour = (i: number): string => `series-${(i % SERIES_COLOURS) + 1}`

function axisOf({ series, kind, isStacked, isShare = false }: ChartProps, mostMarks: number): ValueAxis {
  const values = isStacked
    ? stackedSums(series.map((one) => one.values))
    : series.flatMap((one) => one.values.filter((value) => value !== null))
  return valueAxis(values, {
    isFromZero: kind === 'bar',
    isShare,
    isWhole: kind === 'bar' && !isShare,
    mostMarks,
  })
}

type Labels = {
  readonly texts: readonly string[]
  readonly isTurned: boolean
  /** How far the first one extends to the left of its place. */
  readonly reach: number
  readonly height: number
}

/** Level where they fit, else turned; of too many, every second, third … */
function labelsWithin(all: readonly string[], width: number, widthOf: (text: string) => number): Labels {
  const texts = all.map((text) => fitting(text, widthOf, LONGEST_LABEL))
  const widest = Math.max(0, ...texts.map(widthOf))
  const isTurned = widest + GAP > width / Math.max(1, texts.length)
  return {
    texts,
    isTurned,
    reach: isTurned ? widest * DIAGONAL : 0,
    height: isTurned ? widest * DIAGONAL + LINE : LINE,
  }
}

type Scales = { readonly xOf: (index: number) => number; readonly yOf: (value: number) => number }
type ColouredChart = { readonly chart: ChartProps; readonly colour: Palette['colour'] }

function drawAxes(
  ink: CanvasRenderingContext2D,
  {
    chart,
    frame,
    axis,
    yOf,
    colour,
  }: ColouredChart & Pick<Scales, 'yOf'> & { frame: Frame; axis: ValueAxis },
): void {
  ink.lineWidth = 1
  ink.strokeStyle = colour('line')
  ink.fillStyle = colour('ink-muted')
  ink.textAlign = 'right'
  for (const mark of axis.marks) {
    ink.beginPath()
    ink.moveTo(frame.left, yOf(mark))
    ink.lineTo(frame.right, yOf(mark))
    ink.stroke()
    ink.fillText(valueText(mark, chart.isShare ?? false), frame.left - GAP / 2, yOf(mark))
  }
  ink.save()
  ink.translate(LINE / 2, (frame.top + frame.bottom) / 2)
  ink.rotate(-Math.PI / 2)
  ink.textAlign = 'center'
  ink.fillText(chart.valueName, 0, 0)
  ink.restore()
}

function drawLabels(
  ink: CanvasRenderingContext2D,
  {
    labels,
    frame,
    xOf,
    colour,
    name,
  }: Pick<Scales, 'xOf'> & { labels: Labels; frame: Frame; colour: Palette['colour']; name: string },
): void {
  ink.fillStyle = colour('ink-muted')
  const step = labelStep(labels.texts.length, frame.right - frame.left, labels.isTurned ? LINE / DIAGONAL : 1)
  for (const [i, text] of labels.texts.entries()) {
    if (i % step !== 0) continue
    ink.save()
    ink.translate(xOf(i), frame.bottom + LINE / 2 + 2)
    if (labels.isTurned) ink.rotate(-Math.PI / 4)
    ink.textAlign = labels.isTurned ? 'right' : 'center'
    ink.fillText(text, 0, 0)
    ink.restore()
  }
  ink.textAlign = 'center'
  ink.fillText(name, (frame.left + frame.right) / 2, frame.bottom + labels.height + LINE / 2 + 2)
}

function drawBars(
  ink: CanvasRenderingContext2D,
  { chart, slot, xOf, yOf, colour }: ColouredChart & Scales & { slot: number },
): void {
  const abreast = chart.isStacked ? 1 : chart.series.length
  const width = Math.min(WIDEST_BAR, (slot * GROUP) / abreast)
  const bases = chart.labels.map(() => 0)
  for (const [s, { values }] of chart.series.entries()) {
    ink.fillStyle = colour(seriesColour(s))
    for (const [i, value] of values.entries()) {
      if (value === null || value === 0) continue
      const base = bases[i] ?? 0
      if (chart.isStacked) bases[i] = base + value
      const x = xOf(i) + width * ((chart.isStacked ? 0 : s) - abreast / 2)
      const gap = width > 8 && abreast > 1 ? 1 : 0
      ink.fillRect(x + gap / 2, yOf(base + value), width - gap, yOf(base) - yOf(base + value))
    }
  }
}

function drawLines(ink: CanvasRenderingContext2D, { chart, xOf, yOf, colour }: ColouredChart & Scales): void {
  ink.lineWidth = 2
  for (const [s, { values }] of chart.series.entries()) {
    ink.strokeStyle = ink.fillStyle = colour(seriesColour(s))
    ink.setLineDash(s === 0 ? [] : [6, 3])
    ink.beginPath()
    for (const [i, value] of values.entries()) if (value !== null) ink.lineTo(xOf(i), yOf(value))
    ink.stroke()
    ink.setLineDash([])
    if (values.length > MANY_POINTS) continue
    for (const [i, value] of values.entries()) {
      if (value === null) continue
      ink.beginPath()
      ink.arc(xOf(i), yOf(value), 2.5, 0, 2 * Math.PI)
      ink.fill()
    }
  }
}

type LegendEntry = { readonly series: number; readonly text: string; readonly width: number }

/** Nothing where there is one series: the title names it. */
function legendRows(
  { series }: ChartProps,
  width: number,
  widthOf: (text: string) => number,
): readonly (readonly LegendEntry[])[] {
  if (series.length < 2) return []
  const rows: LegendEntry[][] = [[]]
  let used = 0
  for (const [i, { name }] of series.entries()) {
    const text = fitting(name, widthOf, width - LEGEND_MARK - 3 * GAP)
    const own = LEGEND_MARK + widthOf(text) + 2 * GAP
    if (used > 0 && used + own > width) {
      rows.push([])
      used = 0
    }
    rows.at(-1)!.push({ series: i, text, width: own })
    used += own
  }
  return rows
}

function drawLegend(
  ink: CanvasRenderingContext2D,
  {
    rows,
    top,
    chart,
    width,
    colour,
  }: ColouredChart & { rows: ReturnType<typeof legendRows>; top: number; width: number },
): void {
  ink.textAlign = 'left'
  for (const [r, row] of rows.entries()) {
    let x = (width - row.reduce((sum, entry) => sum + entry.width, 0)) / 2
    const y = top + (r + 0.5) * LINE
    for (const { series, text, width: own } of row) {
      ink.strokeStyle = ink.fillStyle = colour(seriesColour(series))
      if (chart.kind === 'bar') ink.fillRect(x, y - 6, 12, 12)
      else {
        ink.setLineDash(series === 0 ? [] : [6, 3])
        ink.beginPath()
        ink.moveTo(x, y)
        ink.lineTo(x + LEGEND_MARK, y)
        ink.stroke()
        ink.setLineDash([])
      }
      ink.fillStyle = colour('ink')
      ink.fillText(text, x + LEGEND_MARK + GAP / 2, y)
      x += own
    }
  }
}
