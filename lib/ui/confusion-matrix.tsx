/** The confusion matrix: rows are true classes, columns are predicted classes, cells count the images that the version
 *  was evaluated on, and lead to them where they are known. */
import type { ReactNode } from 'react'

import { counted } from '#lib/domain/text/count-text.ts'

type ConfusionMatrixProps = {
  readonly classes: readonly string[]
  /** `counts[true class][predicted class]` */
  readonly counts: readonly (readonly number[])[]
  /** A link around the number of a cell, to its images. */
  readonly linkTo?: (cell: { readonly label: string; readonly predicted: string }, count: number) => ReactNode
}

export function ConfusionMatrix({ classes, counts, linkTo }: ConfusionMatrixProps) {
  return (
    <div className="grid gap-3">
      <p className="small muted">
        {summary(classes, counts)}
        {linkTo && ' Select a number to see its images.'}
      </p>
      <div className="table-frame" role="region" aria-label="Confusion matrix" tabIndex={0}>
        <table className="confusion">
          <caption className="sr-only">
            Rows: true class. Columns: predicted class. Cells: number of images.
          </caption>
          <thead>
            <tr>
              <td />
              {classes.map((name) => (
                <th key={name} scope="col" title={`Predicted: ${name}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {classes.map((truth, i) => {
              const row = counts[i] ?? []
              const images = row.reduce((sum, n) => sum + n, 0)
              return (
                <tr key={truth}>
                  <th scope="row" title={`True: ${truth}`}>
                    {truth}
                  </th>
                  {classes.map((predicted, j) => {
                    const count = row[j] ?? 0
                    const otherKind = count > 0 ? 'mistake' : 'none'
                    const kind = i === j ? 'correct' : otherKind
                    return (
                      <td
                        key={predicted}
                        data-kind={kind}
                        style={{ '--share': images > 0 ? count / images : 0 } as React.CSSProperties}
                        title={`${truth} predicted as ${predicted}: ${count} of ${images}`}
                      >
                        {linkTo && count > 0 ? linkTo({ label: truth, predicted }, count) : count}
                      </td>
                    )
                  })}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function summary(classes: readonly string[], counts: readonly (readonly number[])[]): string {
  let most = { count: 0, truth: '', predicted: '' }
  classes.forEach((truth, i) =>
    classes.forEach((predicted, j) => {
      const count = counts[i]?.[j] ?? 0
      if (i !== j && count > most.count) most = { count, truth, predicted }
    }),
  )
  const legend = 'Rows are true classes, columns are predicted classes.'
  if (most.count === 0) return `${legend} All images were classified correctly.`
  return (
    `${legend} Most frequent confusion: “${most.truth}” predicted as “${most.predicted}” ` +
    `(${counted(most.count, 'time')}).`
  )
}
