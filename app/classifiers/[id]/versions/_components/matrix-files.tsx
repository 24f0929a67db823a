'use client'
/** Downloads the confusion matrix as CSV or PNG. */
import { Button } from '#lib/ui/button.tsx'
import { csvOf, saveFile } from '#lib/ui/save-file.ts'

const CELL = 44 // pixels
const LABELS = 130
const FONT = '13px ui-sans-serif, system-ui, sans-serif'

type MatrixProps = {
  readonly classes: readonly string[]
  readonly counts: readonly (readonly number[])[]
  readonly name: string
}

export function MatrixFiles({ classes, counts, name }: MatrixProps) {
  const saveCsv = () =>
    saveFile(
      `${name}.csv`,
      csvOf(
        ['true class', ...classes.map((one) => `predicted ${one}`)],
        classes.map((truth, i) => [truth, ...classes.map((_, j) => counts[i]?.[j] ?? 0)]),
      ),
    )
  const savePng = () =>
    drawMatrix({ classes, counts, name }).toBlob((png) => {
      if (png) saveFile(`${name}.png`, png)
    })
  return (
    <span className="row gap-1">
      <Button size="small" variant="quiet" onClick={saveCsv}>
        CSV<span className="sr-only"> of the confusion matrix</span>
      </Button>
      <Button size="small" variant="quiet" onClick={savePng}>
        PNG<span className="sr-only"> of the confusion matrix</span>
      </Button>
    </span>
  )
}

function drawMatrix({ classes, counts }: MatrixProps): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = LABELS + CELL * classes.length + 8
  const ink = canvas.getContext('2d')
  if (!ink) return canvas
  const colour = (token: string) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim()
  ink.fillStyle = colour('surface')
  ink.fillRect(0, 0, canvas.width, canvas.height)
  Object.assign(ink, { font: FONT, textBaseline: 'middle' })
  classes.forEach((truth, i) => {
    const row = counts[i] ?? []
    const images = row.reduce((sum, n) => sum + n, 0)
    ink.fillStyle = colour('ink')
    ink.textAlign = 'right'
    ink.fillText(truth, LABELS - 8, LABELS + (i + 0.5) * CELL, LABELS - 12)
    ink.save()
    ink.translate(LABELS + (i + 0.5) * CELL, LABELS - 8)
    ink.rotate(-Math.PI / 2)
    ink.textAlign = 'left'
    ink.fillText(truth, 0, 0, LABELS - 12)
    ink.restore()
    classes.forEach((_, j) => {
      const count = row[j] ?? 0
      const [x, y] = [LABELS + j * CELL, LABELS + i * CELL]
      ink.globalAlpha = images === 0 ? 0 : (i === j ? 0.55 : 0.8) * (count / images)
      ink.fillStyle = colour(i === j ? 'good' : 'accent')
      ink.fillRect(x + 1, y + 1, CELL - 2, CELL - 2)
      ink.globalAlpha = 1
      ink.strokeStyle = colour('line')
      ink.strokeRect(x + 0.5, y + 0.5, CELL - 1, CELL - 1)
      ink.fillStyle = colour('ink')
      ink.textAlign = 'center'
      ink.fillText(String(count), x + CELL / 2, y + CELL / 2, CELL - 4)
    })
  })
  return canvas
}
