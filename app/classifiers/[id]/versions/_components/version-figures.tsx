/** The figures of a version: mistakes, results per class, reliability, robustness, training, layers. */
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { ConfusionMatrix } from '#lib/ui/confusion-matrix.tsx'
import { Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Table } from '#lib/ui/table.tsx'
import { Curves } from '../../../../_components/curves.tsx'
import { PerClassTable } from '../../../../_components/per-class-table.tsx'
import { ReliabilityDiagram } from '../../../../_components/reliability-diagram.tsx'
import { Robustness, RobustnessPending } from '../../../../_components/robustness.tsx'
import { MatrixFiles } from './matrix-files.tsx'
import { ModelInsights } from './model-insights.tsx'
import { Reliability } from './reliability.tsx'

type Layer = Output<Routes['GET /api/model/info']>['architecture'][number]

export function VersionFigures({
  card,
  classes,
  layers,
  areImagesKnown = false,
}: {
  readonly card: VersionCard
  readonly classes: readonly string[]
  /** Empty where they are not known. */
  readonly layers: readonly Layer[]
  /** Whether the numbers of the confusion matrix lead to their images. */
  readonly areImagesKnown?: boolean
}) {
  const figures = card.test ?? card.folds
  return (
    <>
      {figures ? (
        <>
          {card.test && <ModelInsights classes={classes} test={card.test} card={card} />}
          <PhoneFold title="Confusion matrix">
            <Card
              title="Confusion matrix"
              aside={
                <MatrixFiles
                  classes={classes}
                  counts={figures.confusion}
                  name={`confusion-${card.classifier}-${card.version}`}
                />
              }
            >
              <ConfusionMatrix
                classes={classes}
                counts={figures.confusion}
                {...(areImagesKnown && {
                  linkTo: (cell, count) => (
                    <Link
                      href={classifierPage(card.classifier, `versions/${card.version}/images`, cell)}
                      prefetch={false}
                    >
                      {count}
                    </Link>
                  ),
                })}
              />
            </Card>
          </PhoneFold>
          <PhoneFold title="Results by class">
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
          </PhoneFold>
        </>
      ) : (
        <Notice title="Not evaluated">There were no test images, so the accuracy is unknown.</Notice>
      )}
      <Fold title="Confidence and reliability">
        <Reliability card={card} />
        {figures?.reliability && <ReliabilityDiagram bins={figures.reliability} />}
      </Fold>
      {(card.robustness || card.folds) && (
        <Fold title="Robustness">
          {card.robustness ? <Robustness result={card.robustness} /> : <RobustnessPending />}
        </Fold>
      )}
      {card.curves.length > 1 && (
        <Fold title="Training">
          <Curves points={card.curves} />
        </Fold>
      )}
      {layers.length > 0 && <Layers layers={layers} />}
    </>
  )
}

/** What is secondary to most people. */
function Fold({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="fold">
      <summary>
        <h2 className="text-base">{title}</h2>
      </summary>
      <div className="fold-body">{children}</div>
    </details>
  )
}

function Layers({ layers }: { readonly layers: readonly Layer[] }) {
  return (
    <Fold title="Layers of the network">
      <Table
        caption="Layers of the network"
        hideCaption
        rows={layers.map((layer, i) => ({ ...layer, i }))}
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
    </Fold>
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
