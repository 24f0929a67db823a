'use client'
/** What was brought and not yet sent: how many of which class, and the label for files that came without a folder. */
import { useId } from 'react'
import type { Brought } from '#lib/ui/drop-zone.tsx'
import { Badge } from '#lib/ui/badge.tsx'
import { Input } from '#lib/ui/field.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'

type StagedProps = {
  readonly brought: readonly Brought[]
  readonly label: string
  readonly classes: readonly string[]
  readonly isDisabled: boolean
  readonly onLabel: (label: string) => void
}

export function StagedFiles({ brought, label, classes, isDisabled, onLabel }: StagedProps) {
  const listId = useId()
  const zips = brought.filter(({ file }) => /\.zip$/i.test(file.name))
  const loose = brought.filter((one) => one.folder === null && !zips.includes(one))
  const folders = Map.groupBy(
    brought.filter((one) => one.folder !== null && !zips.includes(one)),
    ({ folder }) => folder ?? '',
  )
  const bytes = brought.reduce((sum, { file }) => sum + file.size, 0)
  return (
    <div className="grid gap-4">
      <p className="small muted">
        {brought.length} {brought.length === 1 ? 'file' : 'files'}, {numberText({ bytes })}
      </p>
      {zips.length > 0 && (
        <ul className="row">
          {zips.map(({ file }) => (
            <li key={file.name} className="row small">
              <Badge variant="accent">ZIP</Badge>
              {file.name}: its folders name the classes
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
      {loose.length > 0 && (
        <div className="max-w-sm">
          <Input
            label={`Class of the ${loose.length === 1 ? 'picture' : `${loose.length} pictures`} without a folder`}
            list={listId}
            value={label}
            disabled={isDisabled}
            maxLength={200}
            required
            hint="An existing class, or a new one."
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
