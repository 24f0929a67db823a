'use client'
/** Gives the images of a class to another one. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Select } from '#lib/ui/field.tsx'
import { ClassDialog } from './class-dialog.tsx'
import type { ClassRow } from './class-row.ts'
import { useUndoToast } from './use-undo-toast.ts'

type MergeProps = {
  readonly id: string
  readonly row: ClassRow
  readonly others: readonly string[]
  readonly onClose: () => void
}

export function MergeDialog({ id, row, others, onClose }: MergeProps) {
  const [into, setInto] = useState('')
  const announce = useUndoToast()
  const merge = async () => {
    const { change, changed } = await call('PATCH /api/classifiers/{id}/classes', {
      id,
      class: row.class,
      merge_into: into,
    })
    announce(`“${row.class}” was merged into “${into}”: ${counted(changed, 'image')}.`, change)
  }
  return (
    <ClassDialog
      title={`Merge “${row.class}” into another class`}
      failureTitle="The classes were not merged"
      action="Merge"
      isReady={into !== ''}
      onConfirm={merge}
      onClose={onClose}
    >
      <Select
        label="Into"
        value={into}
        options={[
          { value: '', label: 'Choose a class…' },
          ...others.map((name) => ({ value: name, label: name })),
        ]}
        onChange={(event) => setInto(event.currentTarget.value)}
      />
      <p className="small muted">
        {counted(row.images, 'image')} of “{row.class}” {row.images === 1 ? 'gets' : 'get'} the other class,
        and “{row.class}” is removed. The live version can still predict it until the next training run.
      </p>
    </ClassDialog>
  )
}
