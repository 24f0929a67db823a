'use client'
/** The files selected for the upload: how many there are, and a field for the class of files without a folder. */
import { counted } from '#lib/domain/text/count-text.ts'
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'
import { Badge } from '#lib/ui/badge.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { ClassField } from '../../../../../_components/class-field.tsx'
import { isZip, unsortedIn } from './upload-requests.ts'

type StagedFilesProps = {
  readonly entries: readonly SelectedFile[]
  readonly label: string
  readonly classes: readonly string[]
  readonly isUnlabelled: boolean
  readonly isDisabled: boolean
  readonly onLabel: (label: string) => void
}

export function StagedFiles(props: StagedFilesProps) {
  const { entries, label, classes, isUnlabelled, isDisabled, onLabel } = props
  const zips = entries.filter(isZip)
  const unsorted = unsortedIn(entries)
  const bytes = entries.reduce((sum, { file }) => sum + file.size, 0)
  return (
    <div className="grid gap-4">
      <p className="small muted">
        {counted(entries.length, 'file')}, {numberText({ bytes })}
      </p>
      {zips.length > 0 && (
        <ul className="row">
          {zips.map(({ file }) => (
            <li key={file.name} className="row small">
              <Badge variant="accent">ZIP</Badge>
              {file.name}
            </li>
          ))}
        </ul>
      )}
      {unsorted.length > 0 && !isUnlabelled && (
        <div className="max-w-sm">
          <ClassField
            label={`Class for ${counted(unsorted.length, 'unsorted image')}`}
            value={label}
            classes={classes}
            isDisabled={isDisabled}
            onValue={onLabel}
          />
        </div>
      )}
    </div>
  )
}
