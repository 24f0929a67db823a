/** Two versions compared on the same images, which neither model was trained on: the evaluation result, then the
 *  figures behind it. */
import type { ComparisonAnswer } from '#lib/contracts/models.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import { EvaluationBadge } from '../../../../_components/run-state.tsx'

const PARTS = { old: 'Earlier images', new: 'New images' } as const

export function ComparisonCard({ comparison: c }: { readonly comparison: ComparisonAnswer }) {
  const rows = [
    {
      metric: 'Accuracy',
      base: <FigureNumber share={c.accuracy.champion} />,
      other: <FigureNumber share={c.accuracy.challenger} />,
    },
    ...(c.coverage && (c.coverage.champion !== null || c.coverage.challenger !== null)
      ? [
          {
            metric: 'Candidates include the correct class',
            base: c.coverage.champion === null ? '–' : <FigureNumber share={c.coverage.champion} />,
            other: c.coverage.challenger === null ? '–' : <FigureNumber share={c.coverage.challenger} />,
          },
        ]
      : []),
    {
      metric: 'Calibration error',
      base: c.ece.champion === null ? '–' : <FigureNumber share={c.ece.champion} />,
      other: c.ece.challenger === null ? '–' : <FigureNumber share={c.ece.challenger} />,
    },
    // predictions of the cross-validation are stored, so there is no time
    ...(c.latency_ms.champion > 0 || c.latency_ms.challenger > 0
      ? [
          {
            metric: 'Time per image',
            base: <FigureNumber amount={c.latency_ms.champion} unit="ms" digits={2} />,
            other: <FigureNumber amount={c.latency_ms.challenger} unit="ms" digits={2} />,
          },
        ]
      : []),
    {
      metric: 'Size',
      base: <FigureNumber bytes={c.size_bytes.champion} />,
      other: <FigureNumber bytes={c.size_bytes.challenger} />,
    },
  ]
  return (
    <section className="grid gap-4" aria-label={`${c.challenger} compared with ${c.champion}`}>
      <div className="notice" data-variant="info">
        <p className="row">
          <EvaluationBadge kind={c.verdict.kind} />
          <strong>
            {c.challenger} compared with {c.champion}
          </strong>
        </p>
        <p>{c.verdict.sentence}</p>
        {c.verdict.because.length > 0 && (
          <ul className="list-disc pl-5">
            {c.verdict.because.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
      </div>
      <Table
        caption={`On the same ${counted(c.images, 'image')}, with the engine ${c.engine}`}
        rows={rows}
        keyOf={(row) => row.metric}
        columns={[
          { name: 'Metric', cell: (row) => row.metric },
          { name: c.champion, isNumeric: true, cell: (row) => row.base },
          { name: c.challenger, isNumeric: true, cell: (row) => row.other },
        ]}
      />
      <Facts>
        <Fact name={`Accuracy gain of ${c.challenger}`}>
          <FigureNumber points={c.accuracy.gain} />
        </Fact>
        {c.parts.map((part) => (
          <Fact key={part.name} name={`${PARTS[part.name]} (${numberText({ count: part.images })})`}>
            <FigureNumber points={part.gain} />
          </Fact>
        ))}
        <Fact name={`Only ${c.challenger} correct`}>
          <FigureNumber count={c.only_challenger_right} unit="image" />
        </Fact>
        <Fact name={`Only ${c.champion} correct`}>
          <FigureNumber count={c.only_champion_right} unit="image" />
        </Fact>
        <Fact name="Both correct">
          <FigureNumber count={c.both_right} unit="image" />
        </Fact>
        <Fact name="Both incorrect">
          <FigureNumber count={c.both_wrong} unit="image" />
        </Fact>
        <Fact name="p-value">{c.p_value < 0.001 ? 'under 0.001' : c.p_value.toFixed(3)}</Fact>
      </Facts>
      <details>
        <summary>Recall by class</summary>
        <Table
          caption="Recall: share of the images of a class that were recognised"
          rows={c.per_class}
          keyOf={(row) => row.class}
          columns={[
            { name: 'Class', cell: (row) => (row.is_new ? `${row.class} (new)` : row.class) },
            { name: 'Images', isNumeric: true, cell: (row) => <FigureNumber count={row.images} /> },
            {
              name: c.champion,
              isNumeric: true,
              cell: (row) => <FigureNumber share={row.recall_champion} />,
            },
            {
              name: c.challenger,
              isNumeric: true,
              cell: (row) => <FigureNumber share={row.recall_challenger} />,
            },
            { name: 'p-value', isNumeric: true, cell: (row) => row.p_value.toFixed(2) },
          ]}
        />
      </details>
    </section>
  )
}
