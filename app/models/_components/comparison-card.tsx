/** Two versions on the same pictures: the verdict in words, then the numbers it stands on. */
import type { ComparisonAnswer } from '#lib/contracts/models.ts'
import { counted } from '#lib/domain/counted.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import { VerdictBadge } from '../../_components/run-state.tsx'

const PARTS = { old: 'Pictures from before', new: 'Pictures that came since' } as const

export function ComparisonCard({ comparison: c }: { readonly comparison: ComparisonAnswer }) {
  const rows = [
    {
      what: 'Accuracy',
      base: <FigureNumber share={c.accuracy.champion} />,
      other: <FigureNumber share={c.accuracy.challenger} />,
    },
    ...(c.coverage && (c.coverage.champion !== null || c.coverage.challenger !== null)
      ? [
          {
            what: 'Candidates hold the right class',
            base: c.coverage.champion === null ? '–' : <FigureNumber share={c.coverage.champion} />,
            other: c.coverage.challenger === null ? '–' : <FigureNumber share={c.coverage.challenger} />,
          },
        ]
      : []),
    {
      what: 'Calibration error',
      base: c.ece.champion === null ? '–' : <FigureNumber share={c.ece.champion} />,
      other: c.ece.challenger === null ? '–' : <FigureNumber share={c.ece.challenger} />,
    },
    {
      what: 'Time per picture',
      base: <FigureNumber amount={c.latency_ms.champion} unit="ms" digits={2} />,
      other: <FigureNumber amount={c.latency_ms.challenger} unit="ms" digits={2} />,
    },
    {
      what: 'Size',
      base: <FigureNumber bytes={c.size_bytes.champion} />,
      other: <FigureNumber bytes={c.size_bytes.challenger} />,
    },
  ]
  return (
    <section className="grid gap-4" aria-label={`${c.challenger} against ${c.champion}`}>
      <div className="notice" data-variant="info">
        <p className="row">
          <VerdictBadge kind={c.verdict.kind} />
          <strong>
            {c.challenger} against {c.champion}
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
        caption={`On the same ${counted(c.images, 'picture')}, by ${c.engine}`}
        rows={rows}
        keyOf={(row) => row.what}
        columns={[
          { name: 'What', cell: (row) => row.what },
          { name: c.champion, isNumeric: true, cell: (row) => row.base },
          { name: c.challenger, isNumeric: true, cell: (row) => row.other },
        ]}
      />
      <dl className="facts">
        <div>
          <dt>Gain of {c.challenger}</dt>
          <dd>
            <FigureNumber points={c.accuracy.gain} />
          </dd>
        </div>
        {c.parts.map((part) => (
          <div key={part.name}>
            <dt>
              {PARTS[part.name]} ({part.images.toLocaleString('en-GB')})
            </dt>
            <dd>
              <FigureNumber points={part.gain} />
            </dd>
          </div>
        ))}
        <div>
          <dt>Only {c.challenger} right</dt>
          <dd>
            <FigureNumber count={c.only_challenger_right} unit="picture" />
          </dd>
        </div>
        <div>
          <dt>Only {c.champion} right</dt>
          <dd>
            <FigureNumber count={c.only_champion_right} unit="picture" />
          </dd>
        </div>
        <div>
          <dt>Both right</dt>
          <dd>
            <FigureNumber count={c.both_right} unit="picture" />
          </dd>
        </div>
        <div>
          <dt>Both wrong</dt>
          <dd>
            <FigureNumber count={c.both_wrong} unit="picture" />
          </dd>
        </div>
        <div>
          <dt>Chance of such a difference by luck</dt>
          <dd>{c.p_value < 0.001 ? 'under 0.001' : c.p_value.toFixed(3)}</dd>
        </div>
      </dl>
      <details>
        <summary>Found per class</summary>
        <Table
          caption="Of each class, the share that was found (recall)"
          rows={c.per_class}
          keyOf={(row) => row.class}
          columns={[
            { name: 'Class', cell: (row) => (row.is_new ? `${row.class} (new)` : row.class) },
            { name: 'Pictures', isNumeric: true, cell: (row) => row.images },
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
            { name: 'By luck', isNumeric: true, cell: (row) => row.p_value.toFixed(2) },
          ]}
        />
      </details>
    </section>
  )
}
