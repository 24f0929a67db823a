/** The newest changes of images and classes, each with its undo. Uploads and settings are in the audit log. */
import Link from 'next/link'
import { Badge } from '#lib/ui/badge.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { imageAddress } from '../../images/filters.ts'
import { describedChange, type ListedChange } from './change-text.ts'
import { UndoButton } from './undo-button.tsx'

type ChangesCardProps = { readonly changes: readonly ListedChange[]; readonly mayEdit: boolean }

export function ChangesCard({ changes, mayEdit }: ChangesCardProps) {
  if (changes.length === 0) return null
  return (
    <details className="fold" id="changes">
      <summary>Recent changes of images and classes</summary>
      <ul className="fold-body grid gap-3">
        {changes.map((one) => (
          <li key={one.id} className="row justify-between">
            <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              {describedChange(one)}
              <br />
              <span className="muted small">
                {one.by}, <RelativeTime at={one.at} />
                {one.count === 1 && one.first && (
                  <>
                    {' · '}
                    <Link className="link" href={imageAddress(one.classifier, one.first.sample_id)}>
                      Show the image
                    </Link>
                  </>
                )}
              </span>
            </span>
            {one.undone_by !== null && <Badge>Undone</Badge>}
            {one.undone_by === null && mayEdit && <UndoButton id={one.id} text={describedChange(one)} />}
          </li>
        ))}
      </ul>
    </details>
  )
}
