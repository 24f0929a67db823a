/** What can be downloaded of a classifier, and where the rest is found. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { addressOf } from '#lib/contracts/client.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'

export function ExportCard({
  classifier: { id, live_version: version },
}: {
  readonly classifier: ClassifierAnswer
}) {
  return (
    <Card title="Export">
      <p className="small">
        {version === null
          ? 'The model can be downloaded once a version is live.'
          : 'The model can be downloaded for use without Darkroom.'}{' '}
        Images are copied by a backup of the data folder.
      </p>
      <div className="row">
        {version !== null && (
          <Link {...buttonProps({ size: 'small' })} href={classifierPage(id, 'use')}>
            Download the model
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
