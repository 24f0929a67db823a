/** The live version on its test set: mistakes, figures per class, reliability, robustness, training, layers. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { ConfusionMatrix } from '#lib/ui/confusion-matrix.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Curves } from '../../../../_components/curves.tsx'
import { PerClassTable } from '../../../../_components/per-class-table.tsx'
import { ReliabilityDiagram } from '../../../../_components/reliability-diagram.tsx'
import { FoldFacts } from '../../../../_components/fold-facts.tsx'
import { Robustness, RobustnessPending } from '../../../../_components/robustness.tsx'
import { resultOf, type CurrentUser } from '../../../../current-user.ts'
import { MatrixFiles } from './matrix-files.tsx'
import { ModelInsights } from './model-insights.tsx'

export async function ModelView({
  user,
  classifier,
}: {
  readonly user: CurrentUser
  readonly classifier: ClassifierAnswer
}) {
  if (!classifier.champion)
    return (
      <EmptyState icon="train" title="No version yet">
        The first training run creates one. Its evaluation then appears here.
      </EmptyState>
    )
  const info = await resultOf(user.context, () =>
    darkroom().training.modelInfo({ classifier: classifier.id }, user.context),
  )
  if (!info.ok) return <ErrorNotice title="The model cannot be shown" failure={info.failure} />
  const { card, classes, version, architecture } = info.value
  const figures = card.test ?? card.folds
  return (
    <>
      <Card title={`${classifier.title} ${version}`}>
        <Facts>
          {card.folds && <FoldFacts folds={card.folds} />}
          {(card.test || !card.folds) && (
            <Fact name={card.folds ? 'Accuracy on the test set' : 'Accuracy'}>
              <FigureNumber size="large" share={card.test?.accuracy ?? null} />
            </Fact>
          )}
          <Fact name="Test set">
            <FigureNumber count={card.test?.images ?? 0} />
          </Fact>
          <Fact name="Mean F1">{figures ? <FigureNumber share={figures.macro_f1} /> : '–'}</Fact>
          <Fact name="Parameters">
            <FigureNumber count={info.value.parameters} />
          </Fact>
          <Fact name="Input size">
            {info.value.input.size} × {info.value.input.size} pixels
          </Fact>
          <Fact name="Engine">{info.value.engine ?? 'none loaded'}</Fact>
        </Facts>
      </Card>
      {figures ? (
        <>
          {card.test && <ModelInsights classes={classes} test={card.test} card={card} />}
          <Card
            title="Confusion matrix"
            aside={
              <MatrixFiles
                classes={classes}
                counts={figures.confusion}
                name={`confusion-${classifier.id}-${version}`}
              />
            }
          >
            <ConfusionMatrix classes={classes} counts={figures.confusion} />
          </Card>
          <Card title="Results by class">
            <Chart
              level={3}
              kind="bar"
              isShare
              title="Precision, recall and F1"
              labelName="Class"
              valueName="Share"
              labels={figures.per_class.map((one) => one.class)}
              description={weakest(figures.per_class)}
              series={[
                { name: 'precision', values: figures.per_class.map((one) => one.precision) },
                { name: 'recall', values: figures.per_class.map((one) => one.recall) },
                { name: 'F1', values: figures.per_class.map((one) => one.f1) },
              ]}
            />
            <PerClassTable rows={figures.per_class} />
          </Card>
        </>
      ) : (
        <Notice title="Not evaluated">There were no test images, so the accuracy is unknown.</Notice>
      )}
      {figures?.reliability && (
        <Card title="Confidence and reliability">
          <ReliabilityDiagram bins={figures.reliability} />
        </Card>
      )}
      {(card.robustness || card.folds) && (
        <Card title="Robustness">
          {card.robustness ? <Robustness result={card.robustness} /> : <RobustnessPending />}
        </Card>
      )}
      {card.curves.length > 1 && (
        <Card title="Training">
          <Curves points={card.curves} />
        </Card>
      )}
      <Card title="Layers">
        <Table
          caption="Layers of the network"
          hideCaption
          rows={architecture.map((layer, i) => ({ ...layer, i }))}
          keyOf={({ i }) => String(i)}
          columns={[
            { name: 'Layer', cell: ({ layer }) => layer },
            { name: 'Output', isNumeric: true, cell: ({ output_shape: shape }) => shape.join(' × ') },
            {
              name: 'Parameters',
              isNumeric: true,
              cell: ({ parameters }) => <FigureNumber count={parameters} />,
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
  if (!worst || !best || worst.f1 === best.f1) return 'Precision, recall and F1 of each class.'
  return (
    `Lowest F1: “${worst.name}” with ${numberText({ share: worst.f1 })}. Highest: “${best.name}” with ` +
    `${numberText({ share: best.f1 })}.`
  )
}
