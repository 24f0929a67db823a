/** Downloads of a whole classifier and of its predictions, and the way to those of its model. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { addressOf } from '#lib/contracts/client.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'

export function ExportCard({
  classifier: { id, live_version: version },
  mayEdit,
}: {
  readonly classifier: ClassifierAnswer
  /** Others may not download the images. */
  readonly mayEdit: boolean
}) {
  return (
    <Card title="Export">
      {mayEdit && (
        <p className="small">
          The whole classifier is one ZIP archive with its images, versions and settings. To create the
          classifier in another Darkroom, choose <b>New classifier</b> there, then <b>Import it</b>; programs
          send the archive to <code>POST /api/imports</code>.
        </p>
      )}
      <div className="row">
        {mayEdit && (
          <a
            {...buttonProps({ size: 'small' })}
            href={addressOf('GET /api/classifiers/{id}/export', { id })}
            download
          >
            Whole classifier
          </a>
        )}
        {version !== null && (
          <Link {...buttonProps({ size: 'small' })} href={classifierPage(id, 'use')}>
            Model only
          </Link>
        )}
        <a
          {...buttonProps({ size: 'small' })}
          href={addressOf('GET /api/predictions/export', { classifier: id, format: 'csv' })}
          download
        >
          Predictions as CSV
        </a>
      </div>
    </Card>
  )
}
