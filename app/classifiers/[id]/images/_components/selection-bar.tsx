'use client'
/** What can be done with the selected images. Nothing is changed before a button is pressed. */
import { useState } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Select } from '#lib/ui/field.tsx'
import type { Edit } from './sample-edit.ts'

/** Value of the choice that removes the label; no class can be named so. */
const NO_LABEL = '\n'

type SelectionBarProps = {
  readonly count: number
  readonly total: number
  readonly isAll: boolean
  readonly isTrash: boolean
  readonly mayEdit: boolean
  readonly isBusy: boolean
  readonly classes: readonly string[]
  readonly onEdit: (edit: Edit) => void
  readonly onSelectAll: () => void
  readonly onClear: () => void
}

export function SelectionBar(props: SelectionBarProps) {
  const { count, total, isAll, isTrash, mayEdit, isBusy, onEdit, onSelectAll, onClear } = props
  return (
    <div className="image-actions" role="group" aria-label="Selected images">
      <p className="small" role="status">
        {count === 0 && `${counted(total, 'image')}. Select some to change them, or enlarge them one by one.`}
        {count > 0 &&
          (isAll ? `All ${counted(total, 'image')} that match` : `${counted(count, 'image')} selected`)}
      </p>
      {!isAll && total > 0 && (
        <Button size="small" variant="quiet" onClick={onSelectAll}>
          Select all {total.toLocaleString('en-GB')}
        </Button>
      )}
      {count > 0 && (
        <Button size="small" variant="quiet" onClick={onClear}>
          Clear selection
        </Button>
      )}
      {count > 0 && mayEdit && isTrash && (
        <Button size="small" isBusy={isBusy} onClick={() => onEdit({ is_trashed: false })}>
          Restore
        </Button>
      )}
      {count > 0 && mayEdit && !isTrash && (
        <>
          <LabelChoice {...props} />
          <Button size="small" isBusy={isBusy} onClick={() => onEdit({ is_excluded: true })}>
            Exclude
          </Button>
          <Button size="small" isBusy={isBusy} onClick={() => onEdit({ is_excluded: false })}>
            Include
          </Button>
          <Button size="small" isBusy={isBusy} onClick={() => onEdit({ split: 'test' })}>
            Move to test set
          </Button>
          <Button size="small" variant="danger" isBusy={isBusy} onClick={() => onEdit({ is_trashed: true })}>
            Move to trash
          </Button>
        </>
      )}
    </div>
  )
}

/** Arrow keys only move through the list; the button sets the label. */
function LabelChoice({ classes, isBusy, onEdit }: Pick<SelectionBarProps, 'classes' | 'isBusy' | 'onEdit'>) {
  const [choice, setChoice] = useState('')
  const options = [
    { value: '', label: 'Choose a class…' },
    ...classes.map((name) => ({ value: name, label: name })),
    { value: NO_LABEL, label: 'No label' },
  ]
  return (
    <form
      className="image-label-choice"
      onSubmit={(event) => {
        event.preventDefault()
        if (choice !== '') onEdit({ label: choice === NO_LABEL ? null : choice })
      }}
    >
      <Select
        label="New label"
        options={options}
        value={choice}
        onChange={(event) => setChoice(event.target.value)}
      />
      <Button type="submit" size="small" isBusy={isBusy} disabled={choice === ''}>
        Set label
      </Button>
    </form>
  )
}
