/** Links to the files of a version, each with what it is for. */
import { addressOf } from '#lib/contracts/client.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import type { VersionDownload } from './downloads.ts'

export function VersionDownloads({
  id,
  downloads,
}: {
  readonly id: string
  readonly downloads: readonly VersionDownload[]
}) {
  return (
    <ul className="grid gap-3">
      {downloads.map(({ format, label, about }) => (
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
  )
}
