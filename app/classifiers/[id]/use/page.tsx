/** How a script, a phone and other programs use one classifier. */
import { addressOf } from '#lib/contracts/client.ts'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { requireViewer } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { PhoneCard } from './_components/phone-card.tsx'
import { ProgramsCard } from './_components/programs-card.tsx'

export const metadata = { title: 'Use' }
const NEWEST = 200 // the live version is among the newest

export default async function Use({ params }: ClassifierPageProps) {
  const { id, title, live_version: live } = await classifierOfPage(params)
  const user = await requireViewer(classifierPage(id, 'use'))
  const { queries, settings } = darkroom()
  const { models } = await queries.listModels({ classifier: id, limit: NEWEST })
  const version = models.find((one) => one.version === live)
  const { origin } = user.context
  return (
    <div className="stack">
      <PageHead title="Use" lead={`Use ${title} from a script, a phone or another program.`}>
        <PageHelp page="Use" more={{ href: '/docs', label: 'All routes of the API' }}>
          Each program below sends one image and prints the predicted class. If you create a key here, it is
          filled in; it can only predict with this classifier. Scan the QR code to open the classifier on a
          phone.
        </PageHelp>
      </PageHead>
      {version === undefined && (
        <p className="notice" role="note">
          No version is live yet. Predictions are possible once the first training run has ended.
        </p>
      )}
      <ProgramsCard
        classifier={{ id, title }}
        origin={origin}
        isPublic={settings().publicPredict}
        denialReason={user.denialReason('admin', 'create an API key')}
      />
      <PhoneCard address={`${origin}${classifierPage(id, 'predict')}`} />
      {version && <Downloads version={version} />}
    </div>
  )
}

const FORMATS = [
  ['bundle', 'Everything', 'All files of the version, with its model card.'],
  ['tfjs', 'TensorFlow.js', 'For web pages and Node.'],
  ['onnx', 'ONNX', 'For ONNX Runtime in any language.'],
] as const

function Downloads({ version: { id, version } }: { readonly version: VersionAnswer }) {
  return (
    <Card title="Downloads">
      <p className="small">Version {version}, which is live, for use without Darkroom.</p>
      <ul className="grid gap-3">
        {FORMATS.map(([format, label, about]) => (
          <li key={format} className="row">
            <a
              {...buttonProps({ size: 'small' })}
              href={addressOf('GET /api/models/{id}/download', { id, format })}
              download
            >
              {label}
            </a>
            <span className="small muted">{about}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
