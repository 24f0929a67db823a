/** How good a version is, its limitations, and in a fold its technical details and downloads. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { Card } from '#lib/ui/card.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { Notice } from '#lib/ui/error-notice.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { FoldFacts } from '../../../../_components/fold-facts.tsx'
import { VersionResult } from '../../../../_components/version-result.tsx'
import { downloadsOf } from '../../_components/downloads.ts'
import { VersionDownloads } from '../../_components/version-downloads.tsx'

type Model = Output<Routes['GET /api/models/{id}']>

type VersionDetailProps = { readonly model: Model; readonly readsDigits: boolean }

export function VersionDetail({ model, readsDigits }: VersionDetailProps) {
  const { card } = model
  return (
    <Card title="Evaluation">
      <VersionResult id={model.id} />
      {card.notes.length > 0 && (
        <Notice title="Limitations">
          <ul className="list-disc pl-5">
            {card.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Facts>
        {card.folds && <FoldFacts folds={card.folds} />}
        {(card.test || !card.folds) && (
          <Fact name="Accuracy on the test set">
            <FigureNumber share={card.test?.accuracy ?? null} />
          </Fact>
        )}
        {card.test?.mirrored && (
          <Fact name="Including mirrored images">
            <FigureNumber share={card.test.mirrored} />
          </Fact>
        )}
        {card.test?.macro && (
          <Fact name="Macro average">
            F1 <FigureNumber share={card.test.macro.f1} />
          </Fact>
        )}
        {card.test?.weighted && (
          <Fact name="Weighted average">
            F1 <FigureNumber share={card.test.weighted.f1} />
          </Fact>
        )}
        <Fact name="Test set">
          <FigureNumber count={card.test?.images ?? 0} />
        </Fact>
        <Fact name="Training set">
          <FigureNumber count={card.data.train} unit="image" />
        </Fact>
        <Fact name="Dataset">{card.data.name}</Fact>
      </Facts>
      {card.folds && <p className="small muted">{card.folds.method}</p>}
      <details className="fold">
        <summary>Technical details</summary>
        <div className="fold-body">
          <Facts>
            <Fact name="Calibration error">
              {card.calibration ? <FigureNumber share={card.calibration.ece_after} /> : '–'}
            </Fact>
            <Fact name="Confidence threshold">
              {card.decision?.threshold === null || !card.decision ? (
                '–'
              ) : (
                <FigureNumber share={card.decision.threshold} />
              )}
            </Fact>
            <Fact name="Parameters">
              <FigureNumber count={card.network.parameters} />
            </Fact>
            <Fact name="Size">
              <FigureNumber bytes={model.size_bytes} />
            </Fact>
            <Fact name="Training time">{durationText(card.duration_seconds)}</Fact>
            <Fact name="Engine">
              {card.engine}, {card.precision}
            </Fact>
            <Fact name="Recipe">
              {card.recipe.name}
              {card.parent && ` from ${card.parent}`}
            </Fact>
            <Fact name="Seed">{card.seed}</Fact>
          </Facts>
          <div className="not-on-paper grid gap-2">
            <p className="small muted">Downloads, for use without Darkroom</p>
            <VersionDownloads id={model.id} downloads={downloadsOf(card, readsDigits)} />
          </div>
          <div>
            <p className="small muted">Training command</p>
            <code className="command" tabIndex={0}>
              {card.command}
            </code>
          </div>
        </div>
      </details>
    </Card>
  )
}
