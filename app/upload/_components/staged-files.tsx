'use client'
/** The files selected for the upload: how many per class, and a field for the class of files without a folder. */
import { useId } from 'react'
import { counted } from '#lib/domain/count-text.ts'
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'
import { Badge } from '#lib/ui/badge.tsx'
import { Input } from '#lib/ui/field.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { isZip } from './upload-requests.ts'

type StagedFilesProps = {
  readonly entries: readonly SelectedFile[]
  readonly label: string
  readonly classes: readonly string[]
  readonly isDisabled: boolean
  readonly onLabel: (label: string) => void
}

export function StagedFiles({ entries, label, classes, isDisabled, onLabel }: StagedFilesProps) {
  const listId = useId()
  const zips = entries.filter(isZip)
  const unsorted = entries.filter((one) => one.folder === null && !isZip(one))
  const folders = Map.groupBy(
    entries.filter((one) => one.folder !== null && !isZip(one)),
    ({ folder }) => folder ?? '',
  )
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
              {file.name}: folder names are used as class names
            </li>
          ))}
        </ul>
      )}
      {folders.size > 0 && (
        <ul className="row" aria-label="Folders">
          {[...folders].map(([name, files]) => (
            <li key={name}>
              <Badge>
                {name}: {files.length}
              </Badge>
            </li>
          ))}
        </ul>
      )}
      {unsorted.length > 0 && (
        <div className="max-w-sm">
          <Input
            label={`Class for ${counted(unsorted.length, 'unsorted image')}`}
            list={listId}
            value={label}
            disabled={isDisabled}
            maxLength={200}
            required
            hint="An existing or a new class."
            onChange={(event) => onLabel(event.currentTarget.value)}
          />
          <datalist id={listId}>
            {classes.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </div>
      )}
    </div>
  )
}
