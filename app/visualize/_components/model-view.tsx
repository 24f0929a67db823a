/** What the champion makes of pictures it had never seen: its mistakes, class by class, and how it learnt. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { ConfusionMatrix } from '#lib/ui/confusion-matrix.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Curves } from '../../_components/curves.tsx'
import { PerClassTable } from '../../_components/per-class-table.tsx'
import { Reliability } from '../../_components/reliability.tsx'
import { Robustness } from '../../_components/robustness.tsx'
import { answered, type Visitor } from '../../visitor.ts'
import { MatrixFiles } from './matrix-files.tsx'
import { ModelInsights } from './model-insights.tsx'

export async function ModelView({
  who,
  classifier,
}: {
  readonly who: Visitor
  readonly classifier: ClassifierAnswer
}) {
  if (!classifier.champion)
    return (
      <EmptyState icon="train" title="No version yet">
        The first training makes one; then its mistakes are shown here.
      </EmptyState>
    )
  const info = await answered(who.asked, () =>
    darkroom().training.modelInfo({ classifier: classifier.id }, who.asked),
  )
  if (!info.ok) return <ErrorNotice title="The model cannot be shown" failure={info.failure} />
  const { card, classes, version, architecture } = info.value
  return (
    <>
      <Card title={`${classifier.title} ${version}`}>
        <dl className="facts">
          <div>
            <dt>Accuracy</dt>
            <dd>
              <FigureNumber size="large" share={card.test?.accuracy ?? null} />
            </dd>
          </div>
          <div>
            <dt>Test pictures</dt>
            <dd>
              <FigureNumber count={card.test?.images ?? 0} />
            </dd>
          </div>
          <div>
            <dt>Mean F1</dt>
            <dd>{card.test ? <FigureNumber share={card.test.macro_f1} /> : '–'}</dd>
          </div>
          <div>
            <dt>Parameters</dt>
            <dd>
              <FigureNumber count={info.value.parameters} />
            </dd>
          </div>
          <div>
            <dt>Looks at</dt>
            <dd>
              {info.value.input.size} × {info.value.input.size} pixels
            </dd>
          </div>
          <div>
            <dt>Engine</dt>
            <dd>{info.value.engine ?? 'none loaded'}</dd>
          </div>
        </dl>
      </Card>
      {card.test ? (
        <>
          <ModelInsights classes={classes} test={card.test} card={card} />
          <Card
            title="Confusion matrix"
            aside={
              <MatrixFiles
                classes={classes}
                counts={card.test.confusion}
                name={`confusion-${classifier.id}-${version}`}
              />
            }
          >
            <ConfusionMatrix classes={classes} counts={card.test.confusion} />
          </Card>
          <Card title="Class by class">
            <Chart
              level={3}
              kind="bar"
              isShare
              title="Precision, recall and F1"
              labelName="Class"
              valueName="Share"
              labels={card.test.per_class.map((one) => one.class)}
              description={weakest(card.test.per_class)}
              series={[
                { name: 'precision', values: card.test.per_class.map((one) => one.precision) },
                { name: 'recall', values: card.test.per_class.map((one) => one.recall) },
                { name: 'F1', values: card.test.per_class.map((one) => one.f1) },
              ]}
            />
            <PerClassTable rows={card.test.per_class} />
          </Card>
        </>
      ) : (
        <Notice title="Not measured">
          This version had no test pictures, so nobody can say how good it is.
        </Notice>
      )}
      {card.test?.reliability && (
        <Card title="How sure, and how right">
          <Reliability bins={card.test.reliability} />
        </Card>
      )}
      {card.robustness && (
        <Card title="What it bears">
          <Robustness measured={card.robustness} />
        </Card>
      )}
      {card.curves.length > 1 && (
        <Card title="How it learnt">
          <Curves points={card.curves} />
        </Card>
      )}
      <Card title="Layers">
        <Table
          caption="The network, layer by layer"
          isCaptionHidden
          rows={architecture.map((layer, i) => ({ ...layer, i }))}
          keyOf={({ i }) => String(i)}
          columns={[
            { name: 'Layer', cell: ({ layer }) => layer },
            { name: 'Output', isNumeric: true, cell: ({ output_shape: shape }) => shape.join(' × ') },
            {
              name: 'Parameters',
              isNumeric: true,
              cell: ({ parameters }) => parameters.toLocaleString('en-GB'),
            },
          ]}
        />
      </Card>
    </>
  )
}

function weakest(rows: readonly { readonly class: string; readonly f1: number | null }[]): string {
  const sorted = rows
    .flatMap((row) => (row.f1 === null ? [] : [{ name: row.class, f1: row.f1 }]))
    .toSorted((a, b) => a.f1 - b.f1)
  const [worst, best] = [sorted[0], sorted.at(-1)]
  if (!worst || !best || worst.f1 === best.f1)
    return 'How exact and how complete the answers are, for each class.'
  return (
    `Weakest is “${worst.name}” with an F1 of ${(worst.f1 * 100).toFixed(1)} %, strongest “${best.name}” ` +
    `with ${(best.f1 * 100).toFixed(1)} %.`
  )
}
