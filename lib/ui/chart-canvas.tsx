'use client'
/** The canvas of a chart, drawn by chart.js in the colours of the tokens; redrawn when the theme changes.
 *  Loaded only by chart.tsx. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart as Library,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartOptions,
  type Plugin,
} from 'chart.js'
import { useSyncExternalStore } from 'react'
import { Chart as Canvas } from 'react-chartjs-2'
import { valueText, visibleLabels, type ChartProps } from './chart-props.ts'
import { onThemeChange } from './theme-switch.tsx'

Library.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
)

const SERIES_COLOURS = 8
const MANY_POINTS = 40
/** The smallest range of a share axis, so that a difference of a tenth of a point does not look large. */
const MIN_SPAN = 0.05

/** An opaque background, so that a saved PNG is readable anywhere. */
const background: Plugin = {
  id: 'background',
  beforeDraw: ({ ctx, width, height }) => {
    ctx.save()
    ctx.fillStyle = colour('surface')
    ctx.fillRect(0, 0, width, height)
    ctx.restore()
  },
}

export default function ChartCanvas({
  title,
  description,
  kind,
  labels,
  labelFormat,
  labelName,
  series,
  valueName,
  isShare = false,
  isStacked = false,
}: ChartProps) {
  const ink = useSyncExternalStore(
    onColourChange,
    () => colour('ink-muted'),
    () => '',
  )
  const axis = (text: string) => ({
    grid: { color: colour('line') },
    border: { color: colour('line') },
    ticks: { color: ink, maxRotation: 45 },
    title: { display: true, text, color: ink },
  })
  const options: ChartOptions<'line' | 'bar'> = {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: 'index', intersect: false },
    scales: {
      x: { ...axis(labelName), stacked: isStacked },
      y: {
        ...axis(valueName),
        stacked: isStacked,
        beginAtZero: kind === 'bar',
        ...(isShare && kind === 'line' && spanOf(series)),
        ticks: {
          color: ink,
          precision: !isShare && kind === 'bar' ? 0 : undefined,
          callback: (value) => valueText(Number(value), isShare),
        },
      },
    },
    plugins: {
      legend: {
        display: series.length > 1,
        position: 'bottom',
        labels: {
          color: colour('ink'),
          boxHeight: 12,
          ...(kind === 'line'
            ? { usePointStyle: true, pointStyle: 'line' as const, pointStyleWidth: 28 }
            : { boxWidth: 12 }),
        },
      },
      tooltip: {
        backgroundColor: colour('ink'),
        titleColor: colour('paper'),
        bodyColor: colour('paper'),
        callbacks: { label: (item) => `${item.dataset.label}: ${valueText(Number(item.raw), isShare)}` },
      },
    },
  }
  const datasets = series.map((one, i) => {
    const own = colour(`series-${(i % SERIES_COLOURS) + 1}`)
    return {
      label: one.name,
      data: [...one.values],
      borderColor: own,
      backgroundColor: own,
      borderWidth: kind === 'line' ? 2 : 0,
      tension: 0.2,
      spanGaps: true,
      borderDash: kind === 'line' && i >= 1 ? [6, 3] : [],
      pointRadius: labels.length > MANY_POINTS ? 0 : 2.5,
      borderRadius: 3,
      maxBarThickness: 48,
    }
  })
  return (
    <Canvas
      key={ink}
      type={kind}
      data={{ labels: [...visibleLabels({ labels, labelFormat })], datasets }}
      options={options}
      plugins={[background]}
      role="img"
      aria-label={`${title}. ${description}`}
    />
  )
}

/** Paper is light in both themes. */
function onColourChange(changed: () => void): () => void {
  const stopTheme = onThemeChange(changed)
  const paper = matchMedia('print')
  paper.addEventListener('change', changed)
  return () => {
    stopTheme()
    paper.removeEventListener('change', changed)
  }
}

/** Centred on the values, within 0 and 1. */
function spanOf(series: ChartProps['series']): { suggestedMin: number; suggestedMax: number } | null {
  const values = series.flatMap((one) => one.values.filter((value) => value !== null))
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!(high - low < MIN_SPAN)) return null
  const from = Math.max(0, Math.min(1 - MIN_SPAN, (low + high - MIN_SPAN) / 2))
  return { suggestedMin: from, suggestedMax: from + MIN_SPAN }
}

function colour(token: string): string {
  if (typeof document === 'undefined') return '' // the server draws no canvas
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim()
}
