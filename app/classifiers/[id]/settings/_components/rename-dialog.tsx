'use client'
/** Renames a class. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Input } from '#lib/ui/field.tsx'
import { ClassDialog } from './class-dialog.tsx'
import type { ClassRow } from './class-row.ts'
import { useUndoToast } from './use-undo-toast.ts'

type RenameProps = { readonly id: string; readonly row: ClassRow; readonly onClose: () => void }

export function RenameDialog({ id, row, onClose }: RenameProps) {
  const [name, setName] = useState(row.class)
  const newName = name.trim()
  const announce = useUndoToast()
  const rename = async () => {
    const { change } = await call('PATCH /api/classifiers/{id}/classes', {
      id,
      class: row.class,
      new_name: newName,
    })
    announce(`“${row.class}” is now called “${newName}”.`, change)
  }
  return (
    <ClassDialog
      title={`Rename “${row.class}”`}
      failureTitle="The class was not renamed"
      action="Rename"
      isReady={newName !== '' && newName !== row.class}
      onConfirm={rename}
      onClose={onClose}
    >
      <Input
        label="New name"
        value={name}
        maxLength={200}
        required
        autoComplete="off"
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <p className="small muted">
        Its images and all versions use the new name within seconds, without training. Predictions in the
        history and downloaded models keep the old one. Scripts that upload with the old name create a new
        class.
      </p>
    </ClassDialog>
  )
}
