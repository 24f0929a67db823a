/** Which class was answered for which: rows are the truth, columns the answers, each cell a count of test
 *  pictures. */

type ConfusionMatrixProps = {
  readonly classes: readonly string[]
  /** `counts[truth][answer]` */
  readonly counts: readonly (readonly number[])[]
}

export function ConfusionMatrix({ classes, counts }: ConfusionMatrixProps) {
  return (
    <div className="grid gap-3">
      <p className="small muted">{inWords(classes, counts)}</p>
      <div className="table-frame" role="region" aria-label="Confusion matrix" tabIndex={0}>
        <table className="confusion">
          <caption className="sr-only">
            Rows: the true class. Columns: the answer. Cells: number of test pictures.
          </caption>
          <thead>
            <tr>
              <td />
              {classes.map((name) => (
                <th key={name} scope="col" title={`answered ${name}`}>
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
                  <th scope="row" title={`truly ${truth}`}>
                    {truth}
                  </th>
                  {classes.map((answer, j) => {
                    const count = row[j] ?? 0
                    const mistaken = count > 0 ? 'wrong' : 'none'
                    const kind = i === j ? 'right' : mistaken
                    return (
                      <td
                        key={answer}
                        data-kind={kind}
                        style={{ '--share': images > 0 ? count / images : 0 } as React.CSSProperties}
                        title={`${truth} answered as ${answer}: ${count} of ${images}`}
                      >
                        {count}
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

function inWords(classes: readonly string[], counts: readonly (readonly number[])[]): string {
  let most = { count: 0, truth: '', answer: '' }
  classes.forEach((truth, i) =>
    classes.forEach((answer, j) => {
      const count = counts[i]?.[j] ?? 0
      if (i !== j && count > most.count) most = { count, truth, answer }
    }),
  )
  const legend = 'Rows are the true class, columns the answer.'
  return most.count === 0
    ? `${legend} No test picture was answered wrongly.`
    : `${legend} The most frequent mistake: ${most.truth} answered as ${most.answer}, ${most.count} ` +
        `${most.count === 1 ? 'time' : 'times'}.`
}
