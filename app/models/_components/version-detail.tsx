/** One version in full, from its card: how it was made, on what, how well it did, and what to know before
 *  trusting it. */
import { addressOf } from '#lib/contracts/client.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { Notice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Curves } from '../../_components/curves.tsx'
import { PerClassTable } from '../../_components/per-class-table.tsx'
import { Promises } from '../../_components/promises.tsx'
import { Reliability } from '../../_components/reliability.tsx'
import { Robustness } from '../../_components/robustness.tsx'

type Model = Output<Routes['GET /api/models/{id}']>

export function VersionDetail({ model }: { readonly model: Model }) {
  const { card } = model
  return (
    <Card title={`${card.title} ${model.version}`}>
      {card.notes.length > 0 && (
        <Notice title="Know before trusting it">
          <ul className="list-disc pl-5">
            {card.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
      <dl className="facts">
        <div>
          <dt>Accuracy on the test pictures</dt>
          <dd>
            <FigureNumber share={card.test?.accuracy ?? null} />
          </dd>
        </div>
        {card.test?.mirrored && (
          <div>
            <dt>With mirror images</dt>
            <dd>
              <FigureNumber share={card.test.mirrored} />
            </dd>
          </div>
        )}
        {card.test?.macro && (
          <div>
            <dt>Mean over classes</dt>
            <dd>
              F1 <FigureNumber share={card.test.macro.f1} />
            </dd>
          </div>
        )}
        {card.test?.weighted && (
          <div>
            <dt>Mean over pictures</dt>
            <dd>
              F1 <FigureNumber share={card.test.weighted.f1} />
            </dd>
          </div>
        )}
        <div>
          <dt>Test pictures</dt>
          <dd>
            <FigureNumber count={card.test?.images ?? 0} />
          </dd>
        </div>
        <div>
          <dt>Learnt from</dt>
          <dd>
            <FigureNumber count={card.data.train} unit="picture" />
          </dd>
        </div>
        <div>
          <dt>Data</dt>
          <dd>{card.data.name}</dd>
        </div>
        <div>
          <dt>Calibration error</dt>
          <dd>{card.calibration ? <FigureNumber share={card.calibration.ece_after} /> : '–'}</dd>
        </div>
        <div>
          <dt>Sure from</dt>
          <dd>
            {card.decision?.threshold === null || !card.decision ? (
              '–'
            ) : (
              <FigureNumber share={card.decision.threshold} />
            )}
          </dd>
        </div>
        <div>
          <dt>Parameters</dt>
          <dd>
            <FigureNumber count={card.network.parameters} />
          </dd>
        </div>
        <div>
          <dt>Size</dt>
          <dd>
            <FigureNumber bytes={model.size_bytes} />
          </dd>
        </div>
        <div>
          <dt>Trained in</dt>
          <dd>{durationText(card.duration_seconds)}</dd>
        </div>
        <div>
          <dt>By</dt>
          <dd>
            {card.engine}, {card.precision}
          </dd>
        </div>
        <div>
          <dt>Recipe</dt>
          <dd>
            {card.recipe.name}
            {card.parent && ` from ${card.parent}`}
          </dd>
        </div>
        <div>
          <dt>Seed</dt>
          <dd>{card.seed}</dd>
        </div>
      </dl>
      {card.test && <PerClassTable rows={card.test.per_class} />}
      <Promises card={card} />
      {card.test?.reliability && <Reliability bins={card.test.reliability} />}
      {card.robustness && <Robustness measured={card.robustness} />}
      {card.curves.length > 1 && <Curves points={card.curves} />}
      <div>
        <p className="small muted">
          To use it elsewhere: its layers answer logits, and preprocess.json says how a picture becomes
          numbers.
        </p>
        <div className="row">
          <a
            {...looksLikeButton({ size: 'small', variant: 'quiet' })}
            href={addressOf('GET /api/models/{id}/download', { id: model.id, format: 'tfjs' })}
            download
          >
            TensorFlow.js files
          </a>
          {card.familiarity !== undefined && (
            <a
              {...looksLikeButton({ size: 'small', variant: 'quiet' })}
              href={addressOf('GET /api/models/{id}/download', { id: model.id, format: 'onnx' })}
              download
            >
              ONNX files
            </a>
          )}
        </div>
      </div>
      <div>
        <p className="small muted">Made by</p>
        <code className="command" tabIndex={0}>
          {card.command}
        </code>
      </div>
    </Card>
  )
}
