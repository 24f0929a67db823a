/** Pretrained networks: those that are installed, those that can be downloaded, and ONNX files as further ones. */
import type { BackbonesAnswer } from '#lib/contracts/backbones.ts'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { Table } from '#lib/ui/table.tsx'
import { NetworkOffer } from '../../_components/network-offer.tsx'
import { OnnxCard } from './onnx-card.tsx'
import { RemoveNetwork } from './remove-network.tsx'

export function NetworksView({
  backbones: { networks, upload, last_failure },
}: {
  readonly backbones: BackbonesAnswer
}) {
  const installed = networks.filter(({ state }) => state === 'installed')
  const offered = networks.filter(({ state }) => state !== 'installed')
  return (
    <>
      <Card title="Pretrained networks">
        <p className="small muted">
          New classifiers start from one of these networks, and need only a few images because of it. Versions
          keep the network that they were trained with.
        </p>
        {installed.length === 0 ? (
          <EmptyState icon="download" title="Only the built-in network is installed">
            Download another one below.
          </EmptyState>
        ) : (
          <Table
            caption="Installed networks"
            hideCaption
            variant="cards"
            rows={installed}
            keyOf={({ name }) => name}
            columns={[
              { name: 'Network', cell: ({ title }) => title },
              { name: 'Trained on', cell: ({ trained_on }) => trained_on },
              {
                name: 'Features per image',
                isNumeric: true,
                cell: ({ features }) =>
                  features === null ? <span className="muted">–</span> : <FigureNumber count={features} />,
              },
              {
                name: 'Time per image here',
                isNumeric: true,
                cell: ({ milliseconds_per_image: ms }) =>
                  ms === null ? <span className="muted">not measured</span> : `${ms.toFixed(1)} ms`,
              },
              {
                name: 'Size',
                isNumeric: true,
                cell: ({ size_bytes }) => <FigureNumber bytes={size_bytes} />,
              },
              {
                name: 'SHA-256',
                cell: ({ sha256 }) =>
                  sha256 ? (
                    <code title={sha256}>{sha256.slice(0, 12)}…</code>
                  ) : (
                    <span className="muted">–</span>
                  ),
              },
              {
                name: 'Actions',
                cell: ({ name, title, is_removable }) =>
                  is_removable ? (
                    <RemoveNetwork name={name} title={title} />
                  ) : (
                    <span className="muted">–</span>
                  ),
              },
            ]}
          />
        )}
      </Card>
      {offered.length > 0 && (
        <Card title="Download a network">
          <ul className="grid gap-4">
            {offered.map((network) => (
              <NetworkOffer key={network.name} network={network} />
            ))}
          </ul>
          {last_failure && (
            <ErrorNotice title="The last download failed" failure={{ detail: last_failure }} />
          )}
        </Card>
      )}
      <PhoneFold title="Use your own ONNX file" isOpen={upload !== null}>
        <OnnxCard upload={upload} />
      </PhoneFold>
    </>
  )
}
